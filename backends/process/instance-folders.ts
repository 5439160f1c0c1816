import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { BackendUnavailableError, NotFoundError } from '../../lib/errors.ts';
import { InstanceReader, type InstanceFolder } from './instance-reader.ts';
import { parseInstanceId, type Layout } from './layout.ts';
import { INSTANCES_PER_SLICE } from './limits.ts';
import type { Machine } from './machine.ts';
import { findSupervised, type Supervised } from './supervised.ts';
import { isSameFolder } from './supervision.ts';

/** The folders of one installation on one machine; those of other installations do not exist here. */
export class InstanceFolders {
  readonly layout: Layout;
  readonly machine: Machine;
  readonly #installationId: string;
  readonly #reader: InstanceReader;

  constructor(layout: Layout, machine: Machine, installationId: string) {
    this.layout = layout;
    this.machine = machine;
    this.#installationId = installationId;
    this.#reader = new InstanceReader(layout, machine.bootId);
  }

  /** Undefined when there is none of ours. Throws `BackendUnavailableError` when it is garbled. */
  read(id: string): InstanceFolder | undefined {
    if (parseInstanceId(id) === undefined) {
      return undefined;
    }
    const folder = this.#reader.read(this.layout.instance(id));
    return folder?.record.marks.installationId === this.#installationId ? folder : undefined;
  }

  /**
   * One that can be acted on here. Throws `NotFoundError` when there is none or its end has begun, and
   * `BackendUnavailableError` when it is on another machine, or runs for another data folder.
   */
  get(id: string): InstanceFolder {
    const folder = this.read(id);
    if (folder === undefined || folder.isTerminated || folder.isTerminating) {
      throw new NotFoundError('there is no such instance');
    }
    this.refuseElsewhere(folder);
    return folder;
  }

  /**
   * Throws `BackendUnavailableError` when the instance is on another machine, where its processes cannot be told from
   * here, or runs for the data folder that this one was copied from.
   */
  refuseElsewhere({ record, run }: InstanceFolder): void {
    if (run?.isElsewhere === true) {
      throw new BackendUnavailableError(
        `the instance runs for the data folder ${run.claim?.root ?? ''}, of which this one is a copy: stop it there, or ` +
          'remove the copy by hand',
      );
    }
    if (record.machineId !== this.machine.machineId) {
      throw new BackendUnavailableError(
        `the instance is on another machine (machine id ${record.machineId}): run Treeline there, or if that machine is ` +
          'gone for good, remove the folder of the instance',
      );
    }
  }

  /**
   * Throws `BackendUnavailableError` while an instance of the workspace runs whose folder somebody removed. It ends by
   * itself (`watchStopWish`); until then it is not absent, and another one would share its state.
   */
  refuseFolderless(workspaceUid: string): void {
    const folderless = supervisedOf(workspaceUid).find(
      ({ id, root }) =>
        isSameFolder(root, this.layout.root) && !existsSync(this.layout.instance(id)),
    );
    if (folderless !== undefined) {
      throw new BackendUnavailableError(
        `the folder of instance ${folderless.id} is gone and its agent still runs: it is being ended, wait until it has`,
      );
    }
  }

  /** The same while one runs on this machine for another data folder: it is not here, and yet not absent. */
  refuseAbsence(workspaceUid: string): void {
    this.refuseFolderless(workspaceUid);
    const { root } = this.layout;
    const other = supervisedOf(workspaceUid).find((one) => !isSameFolder(one.root, root));
    if (other !== undefined) {
      throw new BackendUnavailableError(
        `instance ${other.id} runs for the data folder ${other.root}, and this is ${root}: run Treeline there, or end it there`,
      );
    }
  }

  /** What `convert` makes of each of them; throws rather than return a part. */
  async list<T>(convert: (folder: InstanceFolder) => T): Promise<readonly T[]> {
    const names = (await readdir(this.layout.instances)).filter((name) => !name.startsWith('.'));
    const converted: T[] = [];
    for (const [index, name] of names.entries()) {
      if (index % INSTANCES_PER_SLICE === INSTANCES_PER_SLICE - 1) {
        await setImmediate();
      }
      if (parseInstanceId(name) === undefined) {
        throw new BackendUnavailableError(
          `reading ${this.layout.instance(name)}: no instance has such a name; move it out of "instances"`,
        );
      }
      const folder = this.read(name);
      if (folder !== undefined) {
        converted.push(convert(folder));
      }
    }
    this.#reader.forgetIfMoreThan(names.length);
    return converted;
  }

  /** Ids of the instances of a workspace whose end is not sure, of whatever installation and machine. */
  async listUsersOfState(workspaceUid: string): Promise<readonly string[]> {
    const names = await readdir(this.layout.instances);
    return names.filter(
      (name) =>
        parseInstanceId(name)?.workspaceUid === workspaceUid &&
        this.#reader.read(this.layout.instance(name))?.isTerminated !== true,
    );
  }
}

function supervisedOf(workspaceUid: string): readonly Supervised[] {
  return findSupervised().filter(({ id }) => parseInstanceId(id)?.workspaceUid === workspaceUid);
}
