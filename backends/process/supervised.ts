import { readFileSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { codeOf } from './errors.ts';

/**
 * Ids of the instances that supervisors of this data folder work for now, told by their command lines (`startSupervisor`):
 * what is known of them when their folders are gone.
 */
export function findSupervised(root: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .flatMap((pid) => {
      const [, program = '', folder, id] = commandLineOf(pid);
      return /^shim\.[jt]s$/.test(basename(program)) && folder === root && id !== undefined
        ? [id]
        : [];
    });
}

/** [] for a process that is gone; a zombie has none either. */
function commandLineOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch (error) {
    // Under hidepid others are hidden or refused, and none of them is ours.
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(codeOf(error) ?? '')) {
      return [];
    }
    throw error;
  }
}
