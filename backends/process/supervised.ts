import { readFileSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { errorCode } from '../../lib/error-code.ts';

export interface Supervised {
  readonly id: string;
  /** The data folder that its supervisor works on. */
  readonly root: string;
}

/**
 * The instances that supervisors of this machine work for now, told by their command lines (`startSupervisor`): what is
 * known of them when their folders are gone, or are in another data folder.
 */
export function findSupervised(): readonly Supervised[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .flatMap((pid) => {
      const [, program = '', root, id] = commandLineOf(pid);
      const isSupervisor = /^shim\.[jt]s$/.test(basename(program));
      return isSupervisor && root !== undefined && id !== undefined ? [{ id, root }] : [];
    });
}

/** [] for a process that is gone; a zombie has none either. */
function commandLineOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch (error) {
    // Under hidepid others are hidden or refused, and none of them is ours.
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(errorCode(error) ?? '')) {
      return [];
    }
    throw error;
  }
}
