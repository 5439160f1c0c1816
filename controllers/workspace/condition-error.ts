import {
  ACCEPTED_REASONS,
  PROVISIONED_REASONS,
  type AcceptedReason,
  type Reason,
  type ProvisionedReason,
} from '../../api/conditions.ts';
import { ConflictError, ReconcileError } from '../../lib/errors.ts';
import type { Action } from './action.ts';

/** What the error of a step means for the conditions. */
export interface ConditionError {
  readonly reason: FailureReason;
  readonly message: string;
}

/** Reasons that say why something failed. */
export type FailureReason = AcceptedReason | ProvisionedReason | 'TerminationProtected';

/** The reason and the text of what a step threw; an error that is no `ReconcileError` is a bug and told in the log. */
export function toConditionError(error: unknown, action: Action): ConditionError {
  if (!(error instanceof ReconcileError)) {
    const message = 'an unexpected error; the log of the controller has it';
    return { reason: 'ReconcileFailed', message };
  }
  const { message } = error;
  const reason = error instanceof ConflictError ? 'StatusUnknown' : toFailureReason(error.reason);
  // Only a launch can be in doubt; of any other call the next list tells what came of it.
  const isOtherCall = reason === 'LaunchInDoubt' && action.kind !== 'Launch';
  return { reason: isOtherCall ? 'StatusUnknown' : reason, message };
}

/** What only a step can find out of a declaration: whether there is room for it, and what mutators add. */
const OF_THE_DECLARATION: ReadonlySet<Reason> = new Set<Reason>(['QuotaExceeded', 'MissingEnv']);

/** True for what a step found out and `Accepted` says. */
export function isOfTheDeclaration(reason: Reason): boolean {
  return OF_THE_DECLARATION.has(reason);
}

const FAILURE_REASONS: ReadonlySet<string> = new Set<FailureReason>([
  ...ACCEPTED_REASONS,
  ...PROVISIONED_REASONS,
]);

/** Reasons are API: one that is not among them is `ReconcileFailed`. */
export function toFailureReason(reason: string): FailureReason {
  return FAILURE_REASONS.has(reason) ? (reason as FailureReason) : 'ReconcileFailed';
}
