import type { Instance } from '../../backends/backend.ts';
import type { LaunchProof } from '../../store/launch-proofs.ts';
import { ownershipOf } from '../ownership.ts';

/** What one pass looks at. The backend was listed first and the rows were read second (design §7). */
export interface GarbageInput {
  readonly backend: string;
  readonly instances: readonly Instance[];
  /** Uids of the workspaces that have a record, deleted ones included. */
  readonly recordUids: ReadonlySet<string>;
  /** Rows of every uid that was listed. */
  readonly launches: readonly LaunchProof[];
  /** Instances that a person has approved for deletion, by id. */
  readonly approvedIds: ReadonlySet<string>;
}

/** One instance that belongs to no record. */
export interface Stray {
  readonly backend: string;
  readonly instance: Instance;
  /** `garbage`: proven. `approved`: a person said so. `unclaimed`: reported only. `protected`: never touched. */
  readonly verdict: 'garbage' | 'approved' | 'unclaimed' | 'protected';
  /** What the verdict was made from; stored and logged with every deletion. */
  readonly evidence: Evidence;
}

export interface Evidence {
  readonly record: 'absent' | 'present';
  readonly launch: 'closed' | 'open' | 'none' | 'contradicted';
  readonly closeReason?: string;
  readonly marks: Instance['marks'];
  readonly state: Instance['state'];
  readonly launchedAt: string;
}

/**
 * Sorts the instances that no record owns. Only a closed launch row that names this very instance makes it garbage;
 * a missing record or a missing row never does, so an emptied or restored database deletes nothing. Pure.
 */
export function planGarbage(input: GarbageInput): readonly Stray[] {
  const launchesByUid = Map.groupBy(input.launches, ({ workspaceUid }) => workspaceUid);
  return input.instances.flatMap((instance) => {
    const launches = launchesByUid.get(instance.marks.workspaceUid) ?? [];
    const stray = judge(instance, launches, input);
    return stray === undefined ? [] : [stray];
  });
}

function judge(
  instance: Instance,
  launches: readonly LaunchProof[],
  { backend, recordUids, approvedIds }: GarbageInput,
): Stray | undefined {
  const ownership = ownershipOf({ backend, instance }, launches);
  const hasRecord = recordUids.has(instance.marks.workspaceUid);
  const isGone = instance.state === 'terminated' || instance.state === 'terminating';
  // Copied marks are nobody's business: no record will ever act on them, so a person has to.
  if (isGone || (hasRecord && ownership !== 'contradicted')) {
    return undefined;
  }
  const evidence: Evidence = {
    record: hasRecord ? 'present' : 'absent',
    launch: EVIDENCE_BY_OWNERSHIP[ownership],
    marks: instance.marks,
    state: instance.state,
    launchedAt: instance.launchedAt.toISOString(),
  };
  const isProven = ownership === 'closed' && !hasRecord;
  return { backend, instance, verdict: verdictOf(instance, { isProven, approvedIds }), evidence };
}

const EVIDENCE_BY_OWNERSHIP = {
  closed: 'closed',
  open: 'open',
  unrecorded: 'none',
  contradicted: 'contradicted',
} as const;

function verdictOf(
  instance: Instance,
  {
    isProven,
    approvedIds,
  }: { readonly isProven: boolean; readonly approvedIds: ReadonlySet<string> },
): Stray['verdict'] {
  if (instance.isProtected === true || instance.state === 'unknown') {
    return 'protected';
  }
  if (isProven) {
    return 'garbage';
  }
  return approvedIds.has(instance.id) ? 'approved' : 'unclaimed';
}
