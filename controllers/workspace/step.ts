import { insertActivity } from '../../store/activity.ts';
import type { FencedTransaction } from '../../store/fencing.ts';
import type { WorkspaceView } from '../../store/workspace-view.ts';
import type { Acceptance } from './accept.ts';
import type { FailureReason } from './condition-error.ts';

/** What the pass does after its step. */
export type Outcome =
  /** Something changed: look again at once. */
  | { readonly kind: 'changed'; readonly facts?: StepFacts }
  /** Something else came first, so the step was not taken: look again at once. */
  | { readonly kind: 'overtaken' }
  /** Nothing to do, or nothing to do yet. */
  | { readonly kind: 'idle' }
  /** The provider takes the call in so many seconds. */
  | { readonly kind: 'postponed'; readonly seconds: number }
  /** The record is gone. */
  | { readonly kind: 'released' }
  /** The step found out something that only the status can tell. */
  | { readonly kind: 'noted'; readonly reason: FailureReason; readonly message: string };

export const CHANGED: Outcome = { kind: 'changed' };
export const OVERTAKEN: Outcome = { kind: 'overtaken' };

/** What nobody knew before the step was taken; for its line in the log. */
export interface StepFacts {
  readonly attempt?: number;
  readonly instanceId?: string;
  /** What was refused, by the backend or before it was asked: why. */
  readonly refusedFor?: string;
  /** The same in the words of who refused. */
  readonly error?: string;
}

/** The record a step is taken for, as it was read in this pass. */
export interface Step {
  readonly view: WorkspaceView;
  readonly acceptance: Acceptance;
}

/** Appends to the activity of the step's workspace, in the transaction of the change it tells of. */
export async function tell(
  tx: FencedTransaction,
  { view }: Step,
  activity: {
    readonly action: string;
    readonly reason: string;
    readonly message: string;
    readonly data?: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const { uid, namespace, name } = view.record;
  await insertActivity(tx, [{ workspaceUid: uid, namespace, name, data: {}, ...activity }]);
}
