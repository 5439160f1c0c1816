import { BackendUnavailableError } from '../../lib/errors.ts';
import type { OwnerMarks } from '../../api/launch.ts';
import type { ProcessDetails } from './parameters.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** `instance.json`: who it is. Written once. */
export interface InstanceRecord {
  readonly marks: OwnerMarks;
  readonly machineId: string;
  /** ISO 8601, as every `at`. */
  readonly createdAt: string;
  readonly details: ProcessDetails;
}

/** `run.json`: what one run was started with. Written once. */
export interface RunRecord {
  /** Value of `OWNER_VARIABLE` in the environment of all its processes. */
  readonly key: string;
  readonly createdAt: string;
  readonly configHash: string;
  readonly port?: number;
}

/** `claim.json`: the supervisor of a run; none when the run was called off before one came. Written once. */
export interface ClaimRecord {
  readonly at: string;
  readonly supervisor?: ProcessIdentity;
  /** The data folder that the supervisor works on: a copy of the folder holds this record as well. */
  readonly root?: string;
}

/** `exit.json`: how a run ended. Written once. */
export interface ExitRecord {
  readonly at: string;
  readonly code?: number;
  readonly signal?: string;
  readonly log: string;
}

/**
 * Reads a record of ours. Throws `BackendUnavailableError`, naming the file and what to do, when it is garbled: a list
 * without that instance would not be complete.
 */
export function parseRecord<T extends object>(
  path: string,
  text: string,
  required: readonly (keyof T & string)[],
): T {
  const value = parseJson(text);
  const missing = required.filter((name) => !isObject(value) || value[name] === undefined);
  if (missing.length > 0) {
    throw new BackendUnavailableError(
      `reading ${path}: it is not what Treeline wrote (no ${missing.join(', ')}); restore it, or make sure that nothing ` +
        'of this instance runs and move its folder out of "instances"',
    );
  }
  return value as T;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
