import { readFileSync } from 'node:fs';
import { errorCode } from '../../lib/error-code.ts';

/** A process for ever: its number is used again, but not with this start time in this boot. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot at which it started, field 22 of `/proc/<pid>/stat`, proc_pid_stat(5). */
  readonly startTicks: string;
  readonly bootId: string;
}

export interface ProcessStat {
  readonly pid: number;
  /** R, S, D, T, ... Z is a zombie and X is dead. */
  readonly state: string;
  readonly group: number;
  readonly session: number;
  readonly startTicks: string;
}

/** What the kernel says of a process; undefined when there is none. */
export function readStat(pid: number): ProcessStat | undefined {
  try {
    return parseStat(readFileSync(`/proc/${String(pid)}/stat`, 'utf8'));
  } catch (error) {
    // ESRCH: it ended between open and read.
    if (['ENOENT', 'ESRCH'].includes(errorCode(error) ?? '')) {
      return undefined;
    }
    throw error;
  }
}

/** One line of `/proc/<pid>/stat`; undefined when it is not complete. */
export function parseStat(line: string): ProcessStat | undefined {
  // The second field is the program's name in parentheses and may hold anything, so count from its end.
  const [state, , group, session, ...rest] = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const startTicks = rest[15];
  return state === undefined || startTicks === undefined
    ? undefined
    : {
        pid: Number.parseInt(line),
        state,
        group: Number(group),
        session: Number(session),
        startTicks,
      };
}

/** Who this process is. */
export function ownIdentity(bootId: string): ProcessIdentity {
  const stat = readStat(process.pid);
  if (stat === undefined) {
    throw new Error('reading /proc: it does not show this process');
  }
  return { pid: process.pid, startTicks: stat.startTicks, bootId };
}

/** True when this very process runs; a zombie does not. */
export function isAlive(identity: ProcessIdentity, bootId: string): boolean {
  if (identity.bootId !== bootId) {
    return false;
  }
  const stat = readStat(identity.pid);
  return stat?.startTicks === identity.startTicks && !isDead(stat);
}

export function isDead({ state }: ProcessStat): boolean {
  return state === 'Z' || state === 'X';
}

/** Sends a signal to this very process, and never to another one that got its number. */
export function signalProcess(
  identity: ProcessIdentity,
  bootId: string,
  signal: NodeJS.Signals,
): void {
  if (isAlive(identity, bootId)) {
    send(identity.pid, signal);
  }
}

/**
 * Sends a signal to a process group whose leader is a child that this process has not waited for yet: until then the
 * kernel gives its number to nobody else.
 */
export function signalOwnGroup(leader: number, signal: NodeJS.Signals): void {
  send(-leader, signal);
}

function send(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') {
      throw error;
    }
  }
}
