import type { ConditionStatus, Reason } from '../../api/conditions.ts';
import type { WorkspaceView } from '../../store/workspace-view.ts';
import type { Observation } from '../fleet.ts';
import type { Acceptance } from './accept.ts';
import type { Action } from './action.ts';
import type { ConditionError } from './condition-error.ts';
import type { AddressAnswer } from './external-agent.ts';

/** Everything a status is computed from. */
export interface StatusInput {
  readonly view: WorkspaceView;
  readonly acceptance: Acceptance;
  readonly observation: Observation;
  readonly action: Action;
  /** What the step of this pass ended with, when it did not end well. */
  readonly error?: ConditionError;
  /** The step that was due is not taken: this controller, or this workspace, is only observed. */
  readonly isHeldBack?: boolean;
  /** It has its turn in a rollout and goes down now. */
  readonly takenDown?: { readonly wasUnwell: boolean };
  /** Whether the port of the instance answers; undefined while nobody knows. */
  readonly isAnswering?: boolean;
  /** Of the declared address of an agent elsewhere; undefined while nobody knows. */
  readonly answer?: AddressAnswer;
  /** For how long this controller has led; undefined: long enough. */
  readonly listenedSeconds?: number;
  readonly now: Date;
}

/** What one condition says, without its type and times. */
export interface Verdict {
  readonly status: ConditionStatus;
  readonly reason: Reason;
  readonly message: string;
}

/** What the conditions of one workspace say; those that do not apply are absent. */
export interface Verdicts {
  readonly ready: Verdict;
  readonly available?: Verdict;
  readonly provisioned?: Verdict;
  readonly registered?: Verdict;
  /** The agent beats, and says itself that it is not well. */
  readonly isDegraded: boolean;
}
