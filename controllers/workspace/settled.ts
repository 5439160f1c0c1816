import type { LaunchRecord } from '../../store/launch-record.ts';
import type { WorkspaceRequests } from '../../store/tables.ts';
import type { Lineage } from './lineage.ts';

/** What the decision "nothing to do" was made from, narrow enough to be read for every record in every resync. */
export interface SettledParts {
  readonly generation: number;
  readonly lineage: Lineage;
  readonly parentId: string | undefined;
  /** Every class that could be meant, with its generation. */
  readonly classes: readonly { readonly uid: string; readonly generation: number }[];
  /** Hash of the declaration: annotations count, although they move no generation. */
  readonly specHash: string;
  readonly requests: WorkspaceRequests;
  readonly children: { readonly total: number; readonly ready: number };
  readonly launch: Pick<LaunchRecord, 'attempt' | 'state' | 'instanceId'> | undefined;
  readonly isObservationKnown: boolean;
}

/** Equal keys mean: a pass that had nothing to do would have nothing to do again, as far as records go. Pure. */
export function settledKey(parts: SettledParts): string {
  const { lineage, launch, children } = parts;
  return [
    parts.generation,
    lineage.effectiveState,
    lineage.depth,
    lineage.problem?.reason ?? '',
    parts.parentId ?? '',
    parts.classes.map(({ uid, generation }) => `${uid}:${generation}`).join(','),
    parts.specHash,
    parts.requests.restartRequestedAt ?? '',
    parts.requests.reconcileRequestedAt ?? '',
    `${children.ready}/${children.total}`,
    launch === undefined ? '' : `${launch.attempt}:${launch.state}:${launch.instanceId ?? ''}`,
    parts.isObservationKnown ? 'known' : 'unknown',
  ].join('|');
}
