import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../../lib/error-code.ts';
import { KILL_WAIT_SECONDS, POLL_MILLISECONDS } from './limits.ts';
import { isDead, readStat, signalProcess, type ProcessIdentity } from './process-identity.ts';

/**
 * Name of the environment variable by which every process of a run is known, however far from its first process it went: a
 * child of it in a session of its own has it as well. The value is random per run, so that no copy of a data folder claims
 * the processes of another, and what is left of one run is never taken for the next.
 */
export const OWNER_VARIABLE = 'TREELINE_INSTANCE_KEY';

/** Which processes belong to a run. */
export interface Ownership {
  readonly key: string;
  readonly bootId: string;
  /**
   * Session of the agent, for processes that dropped their environment. Only for the supervisor, while the agent runs or
   * right after it ended: later the number may be somebody else's.
   */
  readonly session?: number;
}

export interface OwnedProcess extends ProcessIdentity {
  readonly group: number;
}

/** The live processes of a run. A process of another user, whose environment is not readable, is none of ours. */
export function findOwnedProcesses({ key, bootId, session }: Ownership): readonly OwnedProcess[] {
  const mark = `${OWNER_VARIABLE}=${key}`;
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid)
    .flatMap((pid) => {
      const stat = readStat(pid);
      const isOurs = stat !== undefined && !isDead(stat) && pid !== session;
      return isOurs && (stat.session === session || hasMark(pid, mark))
        ? [{ pid, startTicks: stat.startTicks, group: stat.group, bootId }]
        : [];
    });
}

/** Sends SIGKILL until none is left, also those forked meanwhile. False: some survive `KILL_WAIT_SECONDS`. */
export async function killOwnedProcesses(ownership: Ownership): Promise<boolean> {
  const deadline = performance.now() + KILL_WAIT_SECONDS * 1000;
  for (;;) {
    const left = findOwnedProcesses(ownership);
    if (left.length === 0) {
      return true;
    }
    for (const identity of left) {
      signalProcess(identity, ownership.bootId, 'SIGKILL');
    }
    if (performance.now() > deadline) {
      return false;
    }
    await sleep(POLL_MILLISECONDS);
  }
}

function hasMark(pid: number, mark: string): boolean {
  try {
    return readFileSync(`/proc/${String(pid)}/environ`, 'latin1')
      .split('\0')
      .includes(mark);
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(errorCode(error) ?? '')) {
      return false;
    }
    throw error;
  }
}
