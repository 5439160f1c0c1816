import { statSync } from 'node:fs';
import { isAlive, type ProcessIdentity } from './process-identity.ts';
import type { ClaimRecord } from './records.ts';

/** The data folder and boot that a run is seen from. */
export interface Viewpoint {
  readonly root: string;
  readonly bootId: string;
}

/** Whether the processes that a run names live, and for whom. */
export interface Supervision {
  /** The supervisor that claimed it lives, so that what was asked for comes by itself. */
  readonly isSupervised: boolean;
  /** Supervisor or agent lives for another data folder, of which this one is a copy: they are none of ours. */
  readonly isElsewhere: boolean;
}

/** Looks at the processes there are now. `run`: where it was claimed, and the first process of the agent if it is known. */
export function supervisionOf(
  supervisor: ProcessIdentity,
  run: {
    readonly claim?: ClaimRecord;
    readonly agent?: Pick<ProcessIdentity, 'pid' | 'startTicks'>;
  },
  { root, bootId }: Viewpoint,
): Supervision {
  const { claim, agent } = run;
  const isSupervised = isAlive(supervisor, bootId);
  const isAgentAlive =
    agent !== undefined && isAlive({ ...agent, bootId: supervisor.bootId }, bootId);
  return {
    isSupervised,
    isElsewhere: (isSupervised || isAgentAlive) && !isSameFolder(claim?.root ?? root, root),
  };
}

/** Compared as folders and not by name only: one may be mounted or linked in two places. */
export function isSameFolder(a: string, b: string): boolean {
  if (a === b) {
    return true;
  }
  const [one, other] = [a, b].map((path) => statSync(path, { throwIfNoEntry: false }));
  return one !== undefined && one.dev === other?.dev && one.ino === other.ino;
}
