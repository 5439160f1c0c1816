import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { errorCode } from '../../lib/error-code.ts';
import { BackendUnavailableError } from '../../lib/errors.ts';
import { readIfThere } from './atomic-files.ts';
import {
  INSTANCE_FILE,
  RUN_FILE,
  instanceId,
  latestRun,
  runFolder,
  type Layout,
} from './layout.ts';
import { parseStat, type ProcessIdentity } from './process-identity.ts';
import {
  parseRecord,
  type ClaimRecord,
  type ExitRecord,
  type InstanceRecord,
  type RunRecord,
} from './records.ts';
import { supervisionOf, type Supervision, type Viewpoint } from './supervision.ts';

/** Two runs' worth of the files that are written once. */
const FILES_PER_INSTANCE = 10;

/** What the folder of an instance says. */
export interface InstanceFolder {
  readonly path: string;
  readonly record: InstanceRecord;
  readonly isTerminating: boolean;
  readonly isTerminated: boolean;
  /** The latest; none once the instance is terminated. */
  readonly run?: Run;
}

export interface Run extends Supervision {
  readonly number: number;
  readonly path: string;
  readonly record: RunRecord;
  readonly isStopAsked: boolean;
  readonly claim?: ClaimRecord;
  /** Start time and number of the agent's first process; its boot is that of the claim. */
  readonly agent?: Pick<ProcessIdentity, 'pid' | 'startTicks'>;
  readonly exit?: ExitRecord;
}

/**
 * Reads folders of instances. Files that are written once are remembered, so that looking again at a thousand instances
 * costs two directory reads each; what is in the folder and which processes live is looked up every time.
 */
export class InstanceReader {
  readonly #viewpoint: Viewpoint;
  #remembered = new Map<string, unknown>();

  constructor({ root }: Layout, bootId: string) {
    this.#viewpoint = { root, bootId };
  }

  /** The folder as it is now; undefined when there is none. Throws `BackendUnavailableError` when it is garbled. */
  read(path: string): InstanceFolder | undefined {
    let gone: string | undefined;
    for (;;) {
      const folder = this.#readFiles(path);
      const { run } = folder ?? {};
      const supervisor = run?.claim?.supervisor;
      if (folder === undefined || run === undefined || supervisor === undefined) {
        return folder;
      }
      const supervision = supervisionOf(supervisor, run, this.#viewpoint);
      if (supervision.isSupervised || gone === run.path) {
        return { ...folder, run: { ...run, ...supervision } };
      }
      // A supervisor records the end and then goes: whoever finds it gone has to look at its files once more.
      gone = run.path;
    }
  }

  #readFiles(path: string): InstanceFolder | undefined {
    const names = namesIn(path);
    if (names === undefined) {
      return undefined;
    }
    const record = this.#record<InstanceRecord>(join(path, INSTANCE_FILE.record), [
      'marks',
      'machineId',
      'createdAt',
      'details',
    ]);
    const isMisnamed =
      record !== undefined &&
      basename(path) !== instanceId(record.marks.workspaceUid, record.marks.attempt);
    if (record === undefined || isMisnamed) {
      // A folder is renamed away before it is removed, so one of ours always has its record.
      return namesIn(path) === undefined ? undefined : refuse(path, INSTANCE_FILE.record);
    }
    const number = latestRun(names);
    const run = number === undefined ? undefined : this.#readRun(path, number);
    if (number !== undefined && run === undefined) {
      // Removed meanwhile: a later one, or the end of the instance, is there now.
      return this.#readFiles(path);
    }
    return {
      path,
      record,
      isTerminating: names.includes(INSTANCE_FILE.terminating),
      isTerminated: names.includes(INSTANCE_FILE.terminated),
      ...(run === undefined ? {} : { run }),
    };
  }

  /** Forgets everything if it is much more than `count` instances need, so that what is gone from the disk goes. */
  forgetIfMoreThan(count: number): void {
    if (this.#remembered.size > count * FILES_PER_INSTANCE + 1000) {
      this.#remembered = new Map();
    }
  }

  /** Undefined when it was removed meanwhile. */
  #readRun(folder: string, number: number): Run | undefined {
    const path = join(folder, runFolder(number));
    const names = namesIn(path);
    if (names === undefined) {
      return undefined;
    }
    const record = this.#record<RunRecord>(join(path, RUN_FILE.record), [
      'createdAt',
      'configHash',
      'key',
    ]);
    if (record === undefined) {
      return namesIn(path) === undefined ? undefined : refuse(path, RUN_FILE.record);
    }
    const claim = names.includes(RUN_FILE.claim)
      ? this.#record<ClaimRecord>(join(path, RUN_FILE.claim), ['at'])
      : undefined;
    const agent = names.includes(RUN_FILE.agent)
      ? this.#readAgent(join(path, RUN_FILE.agent))
      : undefined;
    const exit = names.includes(RUN_FILE.exit)
      ? this.#record<ExitRecord>(join(path, RUN_FILE.exit), ['at', 'log'])
      : undefined;
    return {
      number,
      path,
      record,
      isStopAsked: names.includes(RUN_FILE.stop),
      isSupervised: false,
      isElsewhere: false,
      ...(claim === undefined ? {} : { claim }),
      ...(agent === undefined ? {} : { agent }),
      ...(exit === undefined ? {} : { exit }),
    };
  }

  #record<T extends object>(path: string, required: readonly (keyof T & string)[]): T | undefined {
    return this.#once(path, (text) => parseRecord<T>(path, text, required));
  }

  #readAgent(path: string): Run['agent'] {
    // Written in place by a shell: it may be seen empty for a moment, and then counts as not written yet.
    return this.#once(path, (text) => (text.endsWith('\n') ? parseStat(text) : undefined));
  }

  #once<T>(path: string, parse: (text: string) => T | undefined): T | undefined {
    const known = this.#remembered.get(path);
    if (known !== undefined) {
      return known as T;
    }
    const text = readIfThere(path);
    const value = text === undefined ? undefined : parse(text);
    if (value !== undefined) {
      this.#remembered.set(path, value);
    }
    return value;
  }
}

function namesIn(path: string): readonly string[] | undefined {
  try {
    return readdirSync(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      return undefined;
    }
    if (errorCode(error) === 'ENOTDIR') {
      return refuse(path, INSTANCE_FILE.record);
    }
    throw error;
  }
}

function refuse(path: string, record: string): never {
  throw new BackendUnavailableError(
    `reading ${path}: it is not a folder that Treeline made (its ${record} is missing or of another instance); ` +
      'restore it, or make sure that nothing of this instance runs and move it out of "instances"',
  );
}
