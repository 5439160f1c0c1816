import type { WorkspaceClassSpec } from '../../api/workspace-class.ts';
import type { Instance } from '../../backends/backend.ts';
import { hashOf } from '../../lib/hash.ts';
import type { LaunchRecord } from '../../store/launch-record.ts';
import type { WorkspaceRequests } from '../../store/tables.ts';
import type { Observation } from '../fleet.ts';
import type { Lineage } from './lineage.ts';

/** Everything the decision "nothing to do" was made from, narrow enough to be read for every record in every resync. */
export interface SettledParts {
  /** Version of the rules and what they may do here: another version, or an end of `--observe`, looks at all again. */
  readonly decidedBy: string;
  readonly generation: number;
  readonly isDeleting: boolean;
  readonly lineage: Lineage;
  readonly parentId: string | undefined;
  /** `digestOf` every class that could be meant. */
  readonly classes: readonly string[];
  /** The backends whose lists count; a class whose backend is not configured is not among them. */
  readonly backends: readonly string[];
  /** Hash of the declaration: annotations count, although they move no generation. */
  readonly specHash: string;
  readonly requests: WorkspaceRequests;
  readonly children: { readonly total: number; readonly ready: number };
  readonly launch: Pick<LaunchRecord, 'attempt' | 'state' | 'instanceId'> | undefined;
  /** `seenIn` the observation. */
  readonly seen: string;
}

/** Equal keys mean: a pass that had nothing to do would have nothing to do again. Pure. */
export function settledKey(parts: SettledParts): string {
  const { lineage, launch, children, requests } = parts;
  return [
    parts.decidedBy,
    parts.generation,
    parts.isDeleting ? 'deleting' : '',
    lineage.effectiveState,
    lineage.depth,
    lineage.problem?.message ?? '',
    parts.parentId ?? '',
    parts.classes.join(','),
    parts.backends.join(','),
    parts.specHash,
    requests.restartRequestedAt ?? '',
    requests.reconcileRequestedAt ?? '',
    `${children.ready}/${children.total}`,
    launch === undefined ? '' : `${launch.attempt}:${launch.state}:${launch.instanceId ?? ''}`,
    parts.seen,
  ].join('|');
}

/** 12 hexadecimal characters tell a handful of versions apart. */
const DIGEST_LENGTH = 12;

/** Not the generation: a class that was deleted and declared again starts with the same one. */
export function digestOf({
  name,
  spec,
}: {
  readonly name: string;
  readonly spec: WorkspaceClassSpec;
}): string {
  return `${name}:${hashOf(spec).slice(0, DIGEST_LENGTH)}`;
}

/**
 * What was seen, as far as a decision or a status rests on it: every instance that is not gone, and whether its port
 * answers.
 */
export function seenIn(
  observation: Observation,
  isAnswering: (instance: Instance) => boolean | undefined,
): string {
  if (observation.kind === 'unknown') {
    return 'unknown';
  }
  return observation.instances
    .filter(({ instance }) => instance.state !== 'terminated')
    .map(({ backend, instance }) => {
      const { id, state, configHash = '', exit } = instance;
      const answer = state === 'running' ? String(isAnswering(instance)) : '';
      return `${backend}:${id}:${state}:${configHash}:${exit?.at.getTime() ?? ''}:${answer}`;
    })
    .sort()
    .join(',');
}
