import type { WorkspaceView } from '../../store/workspace-view.ts';
import type { Observation } from '../fleet.ts';
import type { Acceptance } from './accept.ts';
import { settledKey } from './settled.ts';

/** The settled key of a whole view; `resync.ts` computes the same from narrow columns. */
export function settledKeyOf({
  view,
  acceptance,
  observation,
}: {
  readonly view: WorkspaceView;
  readonly acceptance: Acceptance;
  readonly observation: Observation;
}): string {
  const { record } = view;
  return settledKey({
    generation: record.generation,
    lineage: acceptance.lineage,
    parentId: record.parentId,
    classes: view.classes,
    specHash: record.specHash,
    requests: record.requests,
    children: view.children,
    launch: view.launches.find(({ state }) => state !== 'closed'),
    isObservationKnown: observation.kind === 'known',
  });
}
