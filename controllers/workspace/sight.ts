import type { LaunchRecord } from '../../store/launch-record.ts';
import type { SeenInstance } from '../backend-list.ts';
import { ownershipOf } from '../ownership.ts';

/** The instances of one workspace, sorted by what the launch rows prove about them. */
export interface Sight {
  /** The instance of the open attempt, in any state, terminated included. */
  readonly mine?: SeenInstance;
  /** Instances of closed attempts that are not terminated. */
  readonly letGo: readonly SeenInstance[];
  /** Instances with our uid and an attempt that no row knows, not terminated; the newest attempt first, its oldest first. */
  readonly unrecorded: readonly SeenInstance[];
  /** Instances whose marks contradict the rows: copied marks. Reported, never touched. */
  readonly contradicted: readonly SeenInstance[];
  /** Some instance's state cannot be told. */
  readonly hasUnknown: boolean;
  /** Highest attempt in any marks, terminated instances included; 0 when nothing was seen. */
  readonly highestAttempt: number;
}

/** Sorts what was seen. Of several instances of one attempt without a stored id the oldest is ours. Pure. */
export function sightOf(
  instances: readonly SeenInstance[],
  launches: readonly LaunchRecord[],
): Sight {
  const sorted = instances.map((seen) => ({ seen, kind: ownershipOf(seen, launches) }));
  const open = sorted.filter(({ kind }) => kind === 'open').map(({ seen }) => seen);
  const [mine, ...twins] = open.toSorted(byAge);
  const of = (kind: string): readonly SeenInstance[] =>
    sorted.filter((one) => one.kind === kind && isLive(one.seen)).map(({ seen }) => seen);
  return {
    ...(mine !== undefined && { mine }),
    letGo: of('closed'),
    // Of several with the same marks the oldest is ours: the others can only have been copied from it.
    unrecorded: of('unrecorded').toSorted((a, b) => attemptOf(b) - attemptOf(a) || byAge(a, b)),
    contradicted: [...of('contradicted'), ...twins.filter(isLive)],
    hasUnknown: instances.some(({ instance }) => instance.state === 'unknown'),
    highestAttempt: Math.max(0, ...instances.map(attemptOf)),
  };
}

function isLive({ instance }: SeenInstance): boolean {
  return instance.state !== 'terminated';
}

function attemptOf({ instance }: SeenInstance): number {
  return instance.marks.attempt;
}

function byAge(a: SeenInstance, b: SeenInstance): number {
  const age = a.instance.launchedAt.getTime() - b.instance.launchedAt.getTime();
  return age === 0 ? compareText(a.instance.id, b.instance.id) : age;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
