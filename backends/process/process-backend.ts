import { randomUUID } from 'node:crypto';
import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../lib/clock.ts';
import { ConflictError, TerminalError } from '../../lib/errors.ts';
import type {
  Backend,
  Bundle,
  Instance,
  LaunchIntent,
  LaunchParameters,
  LaunchRequest,
} from '../backend.ts';
import { checkPaths, removeFolder } from './drafts.ts';
import { endEverything } from './end-everything.ts';
import { translate, translateInDoubt } from './errors.ts';
import { InstanceFolders } from './instance-folders.ts';
import type { InstanceFolder } from './instance-reader.ts';
import { stateOf, toInstance } from './instance-state.ts';
import { publishInstance, type Surroundings } from './launching.ts';
import { INSTANCE_FILE, Layout, instanceId, parseInstanceId } from './layout.ts';
import { CALL_LIFETIME_SECONDS } from './limits.ts';
import { readLastLines } from './log-reader.ts';
import type { Machine } from './machine.ts';
import { resolveDetails } from './parameters.ts';
import { toRecord } from './intents.ts';
import { stopRun } from './run-control.ts';
import { beginFirstRun, startStopped } from './starting.ts';
import { terminateInstance } from './terminating.ts';
import { removeTombstones } from './tombstones.ts';

export interface ProcessBackendOptions {
  /** The data folder; made when it does not exist. Everything of this backend lies below it. */
  readonly folder: string;
  readonly installationId: string;
  /** `readMachine()`. */
  readonly machine: Machine;
  readonly clock: Clock;
  /** Where relative paths of a class's command start. */
  readonly workingDirectory: string;
  /** `PATH` of the agents, the only thing that they get of the controller's environment. */
  readonly path: string;
  /** Default: random UUIDs. */
  readonly randomId?: () => string;
}

/**
 * Runs each instance as a process of this machine (Linux), below a supervisor that outlives the controller. Everything
 * that has to survive is in the data folder; this object remembers nothing that is not there.
 */
export class ProcessBackend implements Backend {
  /** What is in the folder is seen at once. */
  readonly settleSeconds = 0;
  readonly callLifetimeSeconds = CALL_LIFETIME_SECONDS;
  readonly keepsState = true;

  readonly #options: ProcessBackendOptions;
  readonly #layout: Layout;
  readonly #folders: InstanceFolders;
  readonly #surroundings: Surroundings;

  /**
   * Makes the folders. From then on a missing folder is an error and not an empty list: an unmounted disk must not look
   * like "nothing runs".
   */
  static async open(options: ProcessBackendOptions): Promise<ProcessBackend> {
    try {
      await mkdir(options.folder, { recursive: true });
      const layout = new Layout(await realpath(options.folder));
      const { instances, states, ports, drafts } = layout;
      for (const folder of [instances, states, ports, drafts]) {
        await mkdir(folder, { recursive: true, mode: 0o700 });
      }
      return new ProcessBackend(layout, options);
    } catch (error) {
      throw translate('opening the data folder', error);
    }
  }

  private constructor(layout: Layout, options: ProcessBackendOptions) {
    this.#options = options;
    this.#layout = layout;
    this.#folders = new InstanceFolders(layout, options.machine, options.installationId);
    this.#surroundings = {
      layout,
      now: () => options.clock.now(),
      randomId: options.randomId ?? randomUUID,
      path: options.path,
    };
  }

  async list(): Promise<readonly Instance[]> {
    return await translated('listing instances', () =>
      this.#folders.list((folder) => this.#toInstance(folder)),
    );
  }

  async find(id: string): Promise<Instance | undefined> {
    return await translated('finding instance', () => {
      const folder = this.#folders.read(id);
      if (folder !== undefined) {
        return this.#toInstance(folder);
      }
      const { workspaceUid } = parseInstanceId(id) ?? {};
      if (workspaceUid !== undefined) {
        this.#folders.refuseAbsence(workspaceUid);
      }
      return undefined;
    });
  }

  async findByToken(token: string): Promise<Instance | undefined> {
    return await translated('finding instance', async () => {
      const folders = await this.#folders.list((one) => one);
      const folder = folders.find(({ record }) => record.marks.token === token);
      return folder === undefined ? undefined : this.#toInstance(folder);
    });
  }

  /** `details` hold the command, the class's environment, ports and grace period. Throws `TerminalError` InvalidSpec. */
  async resolve({ classSpec, runtime }: LaunchRequest): Promise<LaunchParameters> {
    return await translated('resolving', () => {
      const { workingDirectory } = this.#options;
      const details = resolveDetails({ classSpec, runtime, workingDirectory });
      return { placement: '', details: { ...details } };
    });
  }

  async launch(intent: LaunchIntent, bundle: Bundle): Promise<Instance> {
    const id = instanceId(intent.marks.workspaceUid, intent.marks.attempt);
    await translated('launching instance', async () => {
      const record = toRecord(intent, { ...this.#options, now: this.#options.clock.now() });
      checkPaths(bundle.files);
      if (this.#folders.read(id) === undefined) {
        this.#folders.refuseFolderless(intent.marks.workspaceUid);
        await publishInstance(this.#surroundings, record, bundle);
      }
    });
    try {
      return this.#toInstance(await beginFirstRun(this.#folders, id, intent.token));
    } catch (error) {
      throw translateInDoubt('launching instance', error);
    }
  }

  async stop(id: string): Promise<void> {
    await translated('stopping instance', async () => {
      const folder = this.#folders.get(id);
      if (folder.run !== undefined) {
        await stopRun(folder.run, this.#options.machine, this.#options.clock.now());
      }
    });
  }

  /** As the contract says; throws `ConflictError` while the instance is still stopping. */
  async start(id: string, bundle: Bundle): Promise<void> {
    await translated('starting instance', async () => {
      checkPaths(bundle.files);
      const folder = this.#folders.get(id);
      const state = stateOf(folder, this.#options.machine);
      if (state === 'stopping') {
        throw new ConflictError('starting instance: it is still stopping');
      }
      if (state === 'stopped') {
        await startStopped(this.#folders, this.#surroundings, { folder, bundle });
      }
    });
  }

  /**
   * Marks the instance, asks its processes to end and comes back; its supervisor, or the next call when that is dead,
   * leaves a tombstone. Throws `BackendUnavailableError` when it is on another machine.
   */
  async terminate(id: string): Promise<void> {
    await translated('terminating instance', async () => {
      await terminateInstance(this.#folders, id, this.#options.clock.now());
    });
  }

  async removeState(workspaceUid: string): Promise<void> {
    await translated('removing state', async () => {
      if (parseInstanceId(instanceId(workspaceUid, 1)) === undefined) {
        throw new TerminalError('removing state: it is no uid of ours', { reason: 'InvalidSpec' });
      }
      const users = await this.#folders.listUsersOfState(workspaceUid);
      const user = users.find((id) => !this.#isStopped(id));
      if (user !== undefined) {
        throw new ConflictError('removing state: an instance still uses it');
      }
      const draft = `state-${workspaceUid}.${this.#surroundings.randomId()}`;
      await removeFolder(this.#layout, this.#layout.state(workspaceUid), draft);
    });
  }

  async readLog(id: string, tail: number): Promise<string> {
    return await translated('reading log', () => {
      const { path } = this.#folders.get(id);
      return readLastLines(join(path, INSTANCE_FILE.log), join(path, INSTANCE_FILE.oldLog), tail);
    });
  }

  /**
   * Removes the tombstones of instances that ended before `olderThan`, and what died half made; to be called about daily.
   * A tombstone stays for `callLifetimeSeconds` in any case. Answers how many went.
   */
  async removeTombstones(olderThan: Date): Promise<number> {
    return await translated('removing tombstones', () =>
      removeTombstones(this.#folders, {
        olderThan,
        now: this.#options.clock.now(),
        randomId: this.#surroundings.randomId,
      }),
    );
  }

  /**
   * Terminates every instance of this installation in this folder and waits until none is left; answers how many there
   * were. For a data folder that is to be removed. Throws `UnknownOutcomeError` when some do not end.
   */
  async endEverything(): Promise<number> {
    return await translated('ending everything', () => endEverything(this.#folders, this));
  }

  /** One that cannot be read, or is another installation's, is not known to be stopped. */
  #isStopped(id: string): boolean {
    const folder = this.#folders.read(id);
    return folder !== undefined && stateOf(folder, this.#options.machine) === 'stopped';
  }

  #toInstance(folder: InstanceFolder): Instance {
    return toInstance(folder, this.#options.machine);
  }
}

async function translated<T>(doing: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translate(doing, error);
  }
}
