import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkspaceClassSpec } from '../../../api/workspace-class.ts';
import type { Instance } from '../../../backends/backend.ts';
import { readMachine, type Machine } from '../../../backends/process/machine.ts';
import { ProcessBackend } from '../../../backends/process/process-backend.ts';
import { systemClock } from '../../../lib/clock.ts';
import { INSTALLATION_ID, bundle, intentFor, type IntentOptions } from '../intents.ts';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Far longer than anything here takes, also on a busy machine. */
const DEADLINE_MILLISECONDS = 20_000;

export interface OpenOptions {
  readonly installationId?: string;
  readonly machine?: Machine;
  readonly now?: () => Date;
}

/** A data folder of its own and backends on it; everything that was started in it is ended when the test is over. */
export class ProcessTestBed implements AsyncDisposable {
  readonly folder: string;
  backend: ProcessBackend;

  private constructor(folder: string, backend: ProcessBackend) {
    this.folder = folder;
    this.backend = backend;
  }

  static async create(): Promise<ProcessTestBed> {
    const folder = await mkdtemp(join(tmpdir(), 'treeline-process-'));
    return new ProcessTestBed(folder, await openBackend(folder));
  }

  /** Another backend on the folder, as another controller has it. */
  async open(options: OpenOptions = {}): Promise<ProcessBackend> {
    return await openBackend(this.folder, options);
  }

  /** Replaces `backend` by one that remembers nothing, after a test changed what is written once. */
  async reopen(): Promise<void> {
    this.backend = await this.open();
  }

  path(...names: readonly string[]): string {
    return join(this.folder, ...names);
  }

  has(...names: readonly string[]): boolean {
    return existsSync(this.path(...names));
  }

  hasAny(...names: readonly string[]): boolean {
    return readdirSync(this.path(...names)).length > 0;
  }

  async namesIn(...names: readonly string[]): Promise<readonly string[]> {
    return await readdir(this.path(...names));
  }

  /** Launches and waits until the agent has written `ready`. */
  async launch(
    classSpec: WorkspaceClassSpec,
    options: IntentOptions & Parameters<typeof bundle>[0] = {},
  ): Promise<Instance> {
    const intent = await intentFor(this.backend, classSpec, options);
    const { id } = await this.backend.launch(intent, bundle(options));
    await until('the agent is ready', async () =>
      (await this.backend.readLog(id, 1000)).includes('ready'),
    );
    return await this.get(id);
  }

  async get(id: string): Promise<Instance> {
    const seen = await this.backend.find(id);
    if (seen === undefined) {
      throw new Error(`there is no instance ${id}`);
    }
    return seen;
  }

  async untilState(id: string, state: Instance['state']): Promise<Instance> {
    await until(`${id} is ${state}`, async () => (await this.get(id)).state === state);
    return await this.get(id);
  }

  /** The claim of the latest run: who supervises it. */
  supervisorOf(id: string): number {
    const claim = JSON.parse(this.readRunFile(id, 'claim.json')) as {
      readonly supervisor: { readonly pid: number };
    };
    return claim.supervisor.pid;
  }

  /** The agent's first process. */
  agentOf(id: string): number {
    return Number.parseInt(this.readRunFile(id, 'agent'));
  }

  /** A file of the latest run. */
  readRunFile(id: string, name: string): string {
    return readFileSync(join(this.runFolder(id), name), 'utf8');
  }

  runFolder(id: string): string {
    const runs = readdirSync(this.path('instances', id)).filter((name) => name.startsWith('run-'));
    return this.path('instances', id, runs.at(-1) ?? 'none');
  }

  /** The lines that agents wrote into `starts` in their working directory when they began, at least one. */
  async startsOf(workspaceUid: string): Promise<readonly string[]> {
    const read = (): string => readIfThere(this.path('state', workspaceUid, 'starts'));
    await until('an agent has begun', () => read().endsWith('\n'));
    return read().split('\n').filter(Boolean);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.backend.endEverything();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function openBackend(
  folder: string,
  { installationId, machine, now }: OpenOptions = {},
): Promise<ProcessBackend> {
  return await ProcessBackend.open({
    folder,
    installationId: installationId ?? INSTALLATION_ID,
    machine: machine ?? readMachine(),
    clock: { ...systemClock, ...(now === undefined ? {} : { now }) },
    workingDirectory: folder,
    path: PATH,
  });
}

/** A class whose runtimes run these shell scripts. */
export function shellClass(
  scripts: Readonly<Record<string, string>>,
  parameters: { readonly portRange?: string; readonly stopGracePeriod?: string } = {},
): WorkspaceClassSpec {
  const runtimes = Object.fromEntries(
    Object.entries(scripts).map(([name, script]) => [name, { command: ['sh', '-c', script] }]),
  );
  return { backend: 'process', process: { runtimes, ...parameters } };
}

/** Polls until it is so, with a deadline: for what happens in other processes. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + DEADLINE_MILLISECONDS;
  while (!(await isSo())) {
    if (performance.now() > deadline) {
      throw new Error(`did not happen in time: ${what}`);
    }
    await systemClock.sleep(10);
  }
}

/** Numbers of the live processes whose environment has this entry. */
export function processesWith(entry: string): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && environmentOf(pid).includes(entry));
}

export function environmentOf(pid: number): readonly string[] {
  return readProc(pid, 'environ').split('\0').filter(Boolean);
}

/** False for a zombie as well. */
export function isRunning(pid: number): boolean {
  const stat = readProc(pid, 'stat');
  return stat !== '' && !/\) [ZX] /.test(stat);
}

export function readProc(pid: number, name: string): string {
  return readIfThere(`/proc/${String(pid)}/${name}`);
}

/** '' when there is none. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
