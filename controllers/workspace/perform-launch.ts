import type { LaunchIntent } from '../../api/launch.ts';
import type { Bundle, Instance } from '../../backends/backend.ts';
import { storeCredentials } from '../../store/agent-credentials.ts';
import { endHold, takeProbe } from '../../store/class-status.ts';
import type { FencedTransaction } from '../../store/fencing.ts';
import { countCall, storeLaunched, type AttemptKey } from '../../store/launches.ts';
import type { LaunchRecord } from '../../store/launch-record.ts';
import type { ActionOf } from './action.ts';
import { currentHold, holdWhileProbing, launchingClassOf } from './class-hold.ts';
import {
  assertLease,
  callBackend,
  getBackend,
  secondsUntilTurn,
  write,
  type WorkspaceContext,
} from './context.ts';
import { storeFailedCall } from './perform-refusal.ts';
import { renderLaunch } from './render-launch.ts';
import { resetSessionIfAsked } from './reset-session.ts';
import { OVERTAKEN, tell, type Outcome, type Step } from './step.ts';

/**
 * Sends the stored intent. The turn comes first, so that the call is counted, signed and sent in one moment. It is counted
 * before it is sent, and only an answer takes it off again. The same token on every replay makes a second call harmless (design §6).
 */
export async function performLaunch(
  { launch }: ActionOf<'Launch'>,
  step: Step,
  context: WorkspaceContext,
): Promise<Outcome> {
  const target = { uid: launch.workspaceUid, backend: launch.backend };
  const turn = { key: launch.workspaceUid, backend: launch.backend };
  const seconds = secondsUntilTurn(context, turn, 'launch');
  if (seconds > 0) {
    return { kind: 'postponed', seconds };
  }
  const counted = await count(launch, step, context);
  if (counted === undefined) {
    return OVERTAKEN;
  }
  const { intent, bundle } = counted;
  const sentAt = context.clock.now();
  let instance: Instance;
  try {
    instance = await callBackend(context, target, (backend) => backend.launch(intent, bundle));
  } catch (error) {
    return await storeFailedCall(error, { step, key: launch, context });
  }
  context.metrics.launches.inc({ result: 'launched' });
  const callSeconds = (context.clock.now().getTime() - sentAt.getTime()) / 1000;
  observeProvisioned(context, { launch, step, callSeconds });
  await write(context, async (tx) => {
    await storeLaunched(tx, launch, instance.id);
    await endProbedHold(tx, step);
    await tell(tx, step, launched(launch, instance.id));
  });
  return { kind: 'changed', facts: { instanceId: instance.id } };
}

/** The permission to send, and what is sent; undefined when another workspace has taken the probe of a held class. */
async function count(
  launch: LaunchRecord,
  step: Step,
  context: WorkspaceContext,
): Promise<{ readonly intent: LaunchIntent; readonly bundle: Bundle } | undefined> {
  const { installationId } = context;
  const { bundle, credentials } = await renderLaunch(step, launch, context);
  if (launch.lastSentAt === undefined) {
    // Its turn has come, and nothing was sent that could use the state already.
    await resetSessionIfAsked(step, launch.backend, context);
  }
  assertLease(context);
  return await write(context, async (tx) => {
    if (!(await mayProbe(tx, launch, step))) {
      return undefined;
    }
    await storeCredentials(tx, credentials);
    const configHash = mayHaveFetched(launch, context) ? undefined : bundle.configHash;
    return { intent: await countCall(tx, launch, { installationId, configHash }), bundle };
  });
}

/** An instance of an earlier call: what it fetched is noted by whoever served it, maybe at this moment. */
function mayHaveFetched({ backend, lastSentAt }: LaunchRecord, context: WorkspaceContext): boolean {
  return lastSentAt !== undefined && getBackend(context, backend).bootstraps === true;
}

/** True for a class that is on no hold; a call in doubt is repeated whatever the class says. */
async function mayProbe(
  tx: FencedTransaction,
  { callsInDoubt }: LaunchRecord,
  { view }: Step,
): Promise<boolean> {
  const workspaceClass = launchingClassOf(view);
  const hold = workspaceClass && currentHold(workspaceClass);
  return hold === undefined || callsInDoubt > 0
    ? true
    : await takeProbe(tx, workspaceClass?.name ?? '', {
        seen: hold,
        probing: holdWhileProbing(hold, view.now),
      });
}

/** Only the answer to a probe says that the account takes launches again; an older call proves nothing. */
async function endProbedHold(tx: FencedTransaction, { view }: Step): Promise<void> {
  const workspaceClass = launchingClassOf(view);
  if (workspaceClass !== undefined && currentHold(workspaceClass) !== undefined) {
    await endHold(tx, workspaceClass.name);
  }
}

/** Both times of the first part are the database's; the second is that of the call which found the instance. */
export function observeProvisioned(
  { metrics }: WorkspaceContext,
  {
    launch: { backend, createdAt },
    step,
    callSeconds,
  }: { readonly launch: LaunchRecord; readonly step: Step; readonly callSeconds: number },
): void {
  const waitedSeconds = (step.view.now.getTime() - createdAt.getTime()) / 1000;
  metrics.timeToProvisioned.observe({ backend }, waitedSeconds + callSeconds);
}

/** The activity of an attempt whose instance is known. */
export function launched(key: AttemptKey & { readonly backend: string }, instanceId: string) {
  return {
    action: 'Launched',
    reason: 'Launched',
    message: `launched instance ${instanceId}, attempt ${key.attempt}`,
    data: { attempt: key.attempt, backend: key.backend, instanceId },
  };
}
