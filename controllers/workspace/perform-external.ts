import { mintCredentials } from '../../provisioning/credentials.ts';
import { storeCredentials } from '../../store/agent-credentials.ts';
import { closeExternalAttempt, openExternalAttempt } from '../../store/external-agents.ts';
import { nextAttempt } from '../../store/launches.ts';
import type { ActionOf } from './action.ts';
import { write, type WorkspaceContext } from './context.ts';
import { CHANGED, tell, type Outcome, type Step } from './step.ts';

/** Its credentials come first: nobody learns this token, and the inbound secret stays for those that operators ask for. */
export async function performOpenExternal(
  { highestAttemptSeen }: ActionOf<'OpenExternal'>,
  step: Step,
  context: WorkspaceContext,
): Promise<Outcome> {
  const { uid: workspaceUid } = step.view.record;
  return await write(context, async (tx) => {
    const attempt = await nextAttempt(tx, workspaceUid, highestAttemptSeen);
    const key = { workspaceUid, attempt };
    const { credentials } = mintCredentials(key, undefined, context.pipeline);
    await storeCredentials(tx, credentials);
    await openExternalAttempt(tx, key);
    await tell(tx, step, {
      action: 'AwaitingAgent',
      reason: 'RunsElsewhere',
      message: `awaits an agent that runs elsewhere, attempt ${attempt}`,
      data: { attempt },
    });
    return { kind: 'changed', facts: { attempt } };
  });
}

/** From here on the agent elsewhere is refused, so that the instance that follows is the only one. */
export async function performCloseExternal(
  _action: ActionOf<'CloseExternal'>,
  step: Step,
  context: WorkspaceContext,
): Promise<Outcome> {
  const { uid, externalAttempt: attempt } = step.view.record;
  await write(context, async (tx) => {
    await closeExternalAttempt(tx, uid);
    await tell(tx, step, {
      action: 'Disconnected',
      reason: 'RunsHere',
      message: 'the agent that ran elsewhere is refused from now on: a class runs it',
      data: { attempt },
    });
  });
  return CHANGED;
}
