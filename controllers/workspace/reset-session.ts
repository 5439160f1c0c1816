import { storeSessionReset } from '../../store/session-reset.ts';
import { callBackend, write, type WorkspaceContext } from './context.ts';
import { tell, type Step } from './step.ts';

/**
 * Empties the state of a workspace whose restart was asked for with an empty state; to be called only while nothing of it
 * runs. What was carried out is stored before the start that follows: a crash in between empties it again, and never
 * after the agent has written anything new. Throws `ConflictError` while an instance runs.
 */
export async function resetSessionIfAsked(
  step: Step,
  backend: string,
  context: WorkspaceContext,
): Promise<void> {
  const { uid, requests, sessionResetAt } = step.view.record;
  const { resetSessionAt } = requests;
  if (resetSessionAt === undefined || resetSessionAt === sessionResetAt) {
    return;
  }
  await callBackend(context, { uid, backend }, (one) => one.removeState(uid));
  await write(context, async (tx) => {
    await storeSessionReset(tx, uid, resetSessionAt);
    await tell(tx, step, {
      action: 'SessionReset',
      reason: 'Requested',
      message: 'emptied its state before the start',
      data: { backend },
    });
  });
}
