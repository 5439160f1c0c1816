import type { Instance } from '../../backends/backend.ts';
import type { WorkspaceView } from '../../store/workspace-view.ts';
import type { Observation } from '../fleet.ts';
import type { Acceptance, AcceptanceContext } from './accept.ts';
import type { SecretSnapshot } from '../../sources/source.ts';
import { wordOf } from './agent.ts';
import { backendsOf } from './observe.ts';
import { lostAfterSeconds, type AddressAnswer } from './external-agent.ts';
import { digestOf, elsewhereOf, seenIn, settledKey } from './settled.ts';

/** What a pass decided from, for its settled key. */
export interface DecidedPass {
  readonly view: WorkspaceView;
  readonly acceptance: Acceptance;
  readonly observation: Observation;
  readonly decidedBy: string;
  readonly secrets: Pick<SecretSnapshot, 'revision'>;
  readonly hasBackend: AcceptanceContext['hasBackend'];
  readonly isAnswering: (instance: Instance) => boolean | undefined;
  /** As in `StatusInput`. */
  readonly answer?: AddressAnswer;
}

/** The settled key of a whole view; `resync.ts` computes the same from narrow columns. */
export function settledKeyOf(pass: DecidedPass): string {
  const { view, acceptance, observation, decidedBy, isAnswering } = pass;
  const { record } = view;
  const parts = {
    decidedBy,
    generation: record.generation,
    isDeleting: record.deletionRequestedAt !== undefined,
    lineage: acceptance.lineage,
    parentId: record.parentId,
    classes: view.classes.map(digestOf),
    backends: backendsOf(view, acceptance, pass),
    specHash: record.specHash,
    requests: record.requests,
    children: view.children,
    launch: view.launches.find(({ state }) => state !== 'closed'),
    template: view.template?.specHash,
    secrets: pass.secrets.revision(record.namespace),
    agent: wordOf(view.report, view.now, lostAfterSeconds(view)),
    elsewhere: elsewhereOf({
      attempt: record.externalAttempt,
      url: record.spec.external?.url ?? view.report?.url,
      answer: pass.answer,
    }),
    hibernation: record.hibernation,
  };
  return settledKey(parts, seenIn(observation, isAnswering));
}
