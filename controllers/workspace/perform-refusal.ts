import {
  BackendUnavailableError,
  ConflictError,
  InsufficientCapacityError,
  TerminalError,
  ThrottledError,
  isDefiniteRefusal,
  type ReconcileError,
} from '../../lib/errors.ts';
import { storeHold } from '../../store/class-status.ts';
import type { FencedTransaction } from '../../store/fencing.ts';
import { discountCall, storeRefusal, type AttemptKey } from '../../store/launches.ts';
import { updateFailures } from '../../store/workspace-status.ts';
import { holdAfter, isOfTheClass, launchingClassOf } from './class-hold.ts';
import { write, type WorkspaceContext } from './context.ts';
import { addFailure } from './failures.ts';
import { tell, type Outcome, type Step } from './step.ts';

/** A refusal counts as one of the launch does, so that its backoff applies; nothing was sent, so there is no row. */
export async function storeRefusedPreparation(
  error: unknown,
  step: Step,
  context: WorkspaceContext,
): Promise<Outcome> {
  if (!isDefiniteRefusal(error)) {
    throw error;
  }
  await write(context, (tx) => countRefusal(tx, error, step));
  return { kind: 'changed', facts: { refusedFor: error.reason, error: error.message } };
}

/** A refusal is stored; a call that surely had no effect is taken off; any other stays in doubt. */
export async function storeFailedCall(
  error: unknown,
  {
    step,
    key,
    context,
  }: { readonly step: Step; readonly key: AttemptKey; readonly context: WorkspaceContext },
): Promise<Outcome> {
  const { metrics } = context;
  if (isDefiniteRefusal(error)) {
    metrics.launches.inc({ result: 'refused' });
    const { reason, message } = error;
    await write(context, async (tx) => {
      await storeRefusal(tx, key, { reason, message });
      await countRefusal(tx, error, step, { attempt: key.attempt });
    });
    return { kind: 'changed', facts: { refusedFor: reason, error: message } };
  }
  if (hadNoEffect(error)) {
    await write(context, (tx) => discountCall(tx, key));
  } else {
    metrics.launches.inc({ result: 'in-doubt' });
  }
  throw error;
}

/**
 * Whose refusal it is decides what waits: the class, for what the account refuses; nobody, while there is another place to
 * try; else the workspace, with backoff.
 */
async function countRefusal(
  tx: FencedTransaction,
  error: ReconcileError,
  step: Step,
  data: { readonly attempt?: number } = {},
): Promise<void> {
  const { reason, message } = error;
  const { record, now } = step.view;
  await tell(tx, step, { action: 'LaunchFailed', reason, message, data });
  const workspaceClass = launchingClassOf(step.view);
  if (isOfTheClass(error) && workspaceClass !== undefined) {
    await storeHold(tx, workspaceClass.name, holdAfter(error, workspaceClass, now));
    return;
  }
  if (!(error instanceof InsufficientCapacityError && error.hasAlternative)) {
    const failure = { reason, message, at: now, ...stuckInputs(error, step) };
    await updateFailures(tx, record.uid, addFailure(record, failure));
  }
}

/** What the provider finds wrong with the parameters themselves. */
const OF_THE_PARAMETERS: ReadonlySet<string> = new Set([
  'InvalidLaunchParameters',
  'ImageNotFound',
]);
/** What a class names may have been made a moment ago and not be visible everywhere yet (ec2.md, "Errors"). */
const SETTLED_CLASS_SECONDS = 300;

function stuckInputs(error: ReconcileError, { view, acceptance }: Step) {
  const isFinal = error instanceof TerminalError && OF_THE_PARAMETERS.has(error.reason);
  const isSettled = (view.classes[0]?.unchangedSeconds ?? 0) >= SETTLED_CLASS_SECONDS;
  // A launch asks for what was wanted when it was prepared, whatever is wanted since.
  const pending = view.launches.find(({ state }) => state === 'pending');
  const inputsHash = pending?.inputsHash ?? acceptance.wanted?.inputsHash;
  return isFinal && isSettled && inputsHash !== undefined ? { stuckInputsHash: inputsHash } : {};
}

function hadNoEffect(error: unknown): boolean {
  return (
    error instanceof ThrottledError ||
    error instanceof BackendUnavailableError ||
    error instanceof ConflictError
  );
}
