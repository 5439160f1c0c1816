import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DEFAULT_NAMESPACE } from '../../api/objects.ts';
import type { WorkspaceStatus } from '../../api/conditions.ts';
import { createClient, type Client } from '../../cmd/client.ts';
import { getWorkspace, listWorkspaces } from '../../cmd/objects.ts';
import { findServer } from '../../cmd/session.ts';
import type { WorkspaceObject } from '../../server/contract.ts';
import { runCli, type CliOptions, type CliResult } from '../cmd/run-cli.ts';
import { ControllerProcess } from './controller-process.ts';
import { eventuallyTrue } from './eventually.ts';
import { listAgents, listSupervisors, type InstanceProcess } from './instance-processes.ts';

export interface InstallationOptions {
  /** None: the embedded PostgreSQL in the data folder. */
  readonly databaseUrl?: string;
  /** Default: a folder of its own. */
  readonly dataDir?: string;
  /** Who runs its controllers; only root can choose. */
  readonly uid?: number;
  /** What every controller of it finds in its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Flags that every controller of it gets. */
  readonly flags?: readonly string[];
}

/** A workspace, and what of its status there is so far. */
export interface SeenWorkspace extends Omit<WorkspaceObject, 'status'> {
  readonly status: Partial<WorkspaceStatus>;
}

/** What a person waits for in seconds, shortened to what a test waits for. */
const SHORT_WAITS = ['--poll-seconds', '0.5', '--rescan-seconds', '1', '--garbage-seconds', '1'];

const LAST_WORDS_LENGTH = 4000;

/**
 * One deployment for a test: data folder, folder of manifests, controllers as processes, and the command line. Whatever
 * was started in it is ended when it is disposed of, however the test went.
 */
export class Installation implements AsyncDisposable {
  /** Holds everything else; the embedded PostgreSQL, which may be another user, can enter it. */
  readonly folder: string;
  readonly dataDir: string;
  readonly manifests: string;
  readonly #options: InstallationOptions;
  readonly #controllers: ControllerProcess[] = [];

  private constructor(folder: string, options: InstallationOptions) {
    this.folder = folder;
    this.dataDir = options.dataDir ?? join(folder, 'data');
    this.manifests = join(folder, 'manifests');
    this.#options = options;
  }

  static async create(options: InstallationOptions = {}): Promise<Installation> {
    const folder = await mkdtemp(join(tmpdir(), 'treeline-e2e-'));
    await chmod(folder, 0o755);
    const installation = new Installation(folder, options);
    await mkdir(installation.manifests);
    return installation;
  }

  /** Starts a controller and comes back at once. */
  async start(...flags: readonly string[]): Promise<ControllerProcess> {
    const { databaseUrl, uid, env, flags: common = [] } = this.#options;
    const database = databaseUrl === undefined ? [] : ['--database-url', databaseUrl];
    const controller = await ControllerProcess.start({
      dataDir: this.dataDir,
      ...(uid !== undefined && { uid }),
      ...(env !== undefined && { env }),
      flags: [...SHORT_WAITS, ...database, ...common, ...flags],
    });
    this.#controllers.push(controller);
    return controller;
  }

  /** Starts a controller and waits until its API listens. */
  async run(...flags: readonly string[]): Promise<ControllerProcess> {
    const controller = await this.start(...flags);
    await controller.url();
    return controller;
  }

  /** The same, and it follows the folder of manifests. */
  async follow(...flags: readonly string[]): Promise<ControllerProcess> {
    return await this.run('--directory', this.manifests, ...flags);
  }

  /** Writes a file below the folder of manifests. */
  async write(name: string, content: string | Buffer): Promise<void> {
    const file = join(this.manifests, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }

  /** One command line, in this process; paths start at the folder that holds the manifests. */
  async cli(argv: string, options: CliOptions = {}): Promise<CliResult> {
    return await runCli(argv.split(' '), {
      workingDirectory: this.folder,
      ...options,
      env: { TREELINE_DATA_DIR: this.dataDir, ...options.env },
    });
  }

  /** The API, as the controller that started last has written it down. */
  async client(): Promise<Client> {
    const server = await findServer({ dataDir: this.dataDir });
    return createClient({ ...server, signal: new AbortController().signal });
  }

  async workspaces(): Promise<readonly SeenWorkspace[]> {
    const workspaces = await listWorkspaces(await this.client(), { namespace: undefined });
    return workspaces as readonly SeenWorkspace[];
  }

  /** Throws when there is none. */
  async workspace(name: string): Promise<SeenWorkspace> {
    const workspace = await getWorkspace(await this.client(), DEFAULT_NAMESPACE, name);
    return workspace as SeenWorkspace;
  }

  /** Waits until exactly these workspaces run, are paused, or whatever their `Ready` reason is. */
  async settle(reasons: Readonly<Record<string, string>>, seconds = 30): Promise<void> {
    let seen: Record<string, string> = {};
    const wanted = sorted(reasons);
    try {
      await eventuallyTrue({ until: 'all have settled', seconds }, async () => {
        seen = Object.fromEntries((await this.workspaces()).map(standingOf));
        return JSON.stringify(sorted(seen)) === JSON.stringify(wanted);
      });
    } catch (cause) {
      const state = `waiting for ${JSON.stringify(wanted)}, got ${JSON.stringify(seen)}`;
      throw new Error(`${state}\n${this.#lastWords()}`, { cause });
    }
  }

  agents(): readonly InstanceProcess[] {
    return listAgents(this.dataDir);
  }

  supervisors(): readonly InstanceProcess[] {
    return listSupervisors(this.dataDir);
  }

  /** The one agent process of a workspace. Throws when there is none, or more than one. */
  async agentOf(name: string): Promise<InstanceProcess> {
    const { uid } = (await this.workspace(name)).metadata;
    const [agent, ...others] = this.agents().filter(({ workspaceUid }) => workspaceUid === uid);
    if (agent === undefined || others.length > 0) {
      throw new Error(`workspace ${name} has ${agent === undefined ? 'no agent' : 'several'}`);
    }
    return agent;
  }

  /** Numbers of the agents' processes, by workspace uid and attempt. */
  pids(): ReadonlyMap<string, number> {
    return new Map(this.agents().map(({ instanceId, pid }) => [instanceId, pid]));
  }

  /** What the controllers logged last, for people who look at a failed test. */
  #lastWords(): string {
    return this.#controllers
      .map(({ pid, output }) => `controller ${pid}:\n${output.slice(-LAST_WORDS_LENGTH)}`)
      .join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#controllers.map((controller) => controller.kill()));
    // Supervisors first: they take their agents with them, and nobody starts an agent after them.
    await eventuallyTrue({ until: 'everything in the data folder has ended' }, () => {
      const left = [...this.supervisors(), ...this.agents()];
      left.forEach(kill);
      return left.length === 0;
    });
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

function kill({ pid }: InstanceProcess): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended between the look and the signal.
  }
}

/** An old status says nothing of a new spec, so a workspace that was not looked at since counts as not settled. */
function standingOf({ metadata, status }: SeenWorkspace): readonly [string, string] {
  const ready = status.conditions?.find(({ type }) => type === 'Ready');
  const isCurrent = ready?.observedGeneration === metadata.generation;
  const isLeaving = metadata.deletionTimestamp !== undefined;
  return [metadata.name, isLeaving ? 'Terminating' : isCurrent ? ready.reason : 'NotSeen'];
}

function sorted(reasons: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(reasons).sort(([a], [b]) => (a < b ? -1 : 1)));
}
