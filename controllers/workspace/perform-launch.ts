import type { PreparedLaunch } from '../../api/launch.ts';
import type { Instance } from '../../backends/backend.ts';
import {
  BackendUnavailableError,
  ConflictError,
  ThrottledError,
  isDefiniteRefusal,
  type ReconcileError,
} from '../../lib/errors.ts';
import { storeCredentials } from '../../store/agent-credentials.ts';
import { completeEnv, prepareLaunch } from '../../provisioning/pipeline.ts';
import type { FencedTransaction } from '../../store/fencing.ts';
import {
  countCall,
  discountCall,
  insertLaunch,
  storeLaunched,
  storeRefusal,
  type AttemptKey,
} from '../../store/launches.ts';
import type { LaunchRecord } from '../../store/launch-record.ts';
import { findQuotaProblem } from '../../store/quota.ts';
import { updateFailures } from '../../store/workspace-status.ts';
import { draftFor, renderLaunch } from './render-launch.ts';
import { resetSessionIfAsked } from './reset-session.ts';
import type { ActionOf } from './action.ts';
import { assertLease, callBackend, getBackend, write, type WorkspaceContext } from './context.ts';
import { addFailure } from './failures.ts';
import { tell, type Outcome, type Step } from './step.ts';

/** Runs the pipeline and stores the intent; the launch itself is the next pass, so a crash in between loses nothing. */
export async function performPrepare(
  { highestAttemptSeen }: ActionOf<'Prepare'>,
  step: Step,
  context: WorkspaceContext,
): Promise<Outcome> {
  const { installationId } = context;
  let prepared: PreparedLaunch;
  try {
    prepared = await prepare(step, context);
  } catch (error) {
    return await storeRefusedPreparation(error, step, context);
  }
  await resetSessionIfAsked(step, prepared.backend, context);
  return await write(context, async (tx) => {
    const problem = await quotaProblem(tx, step, prepared);
    if (problem !== undefined) {
      return { kind: 'noted', reason: 'QuotaExceeded', message: problem };
    }
    const attempt = await insertLaunch(tx, prepared, { installationId, highestAttemptSeen });
    return { kind: 'changed', facts: { attempt } };
  });
}

/** A class without a quota costs nothing. */
async function quotaProblem(
  tx: FencedTransaction,
  { view, acceptance }: Step,
  { className, milliCpus }: PreparedLaunch,
): Promise<string | undefined> {
  const quota = acceptance.wanted?.classSpec.quota;
  const { uid } = view.record;
  return quota && (await findQuotaProblem(tx, { uid, className, milliCpus }, quota));
}

async function prepare(step: Step, context: WorkspaceContext): Promise<PreparedLaunch> {
  const { record } = step.view;
  const { wanted } = step.acceptance;
  if (wanted === undefined) {
    throw new ConflictError('preparing a launch: the declaration is not resolved');
  }
  const env = await completeEnv(draftFor(step), context.pipeline);
  return await prepareLaunch(env, {
    ...{ record, wanted },
    backend: getBackend(context, wanted.backend),
    platformUrl: context.platformUrl(),
  });
}

/** A refusal counts as one of the launch does, so that its backoff applies; nothing was sent, so there is no row. */
async function storeRefusedPreparation(
  error: unknown,
  step: Step,
  context: WorkspaceContext,
): Promise<Outcome> {
  if (!isDefiniteRefusal(error)) {
    throw error;
  }
  await write(context, (tx) => countRefusal(tx, error, step));
  return { kind: 'changed', facts: { refusedFor: error.reason } };
}

/**
 * Sends the stored intent. The call is counted before it is sent; only an answer takes it off again. The same token
 * on every replay makes a second call harmless (design §6).
 */
export async function performLaunch(
  { launch }: ActionOf<'Launch'>,
  step: Step,
  context: WorkspaceContext,
): Promise<Outcome> {
  const { installationId } = context;
  const { record } = step.view;
  const { bundle, credentials } = await renderLaunch(step, launch, context);
  assertLease(context);
  const intent = await write(context, async (tx) => {
    await storeCredentials(tx, credentials);
    return await countCall(tx, launch, { installationId, configHash: bundle.configHash });
  });
  const target = { uid: record.uid, backend: launch.backend };
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
    await tell(tx, step, launched(launch, instance.id));
  });
  return { kind: 'changed', facts: { instanceId: instance.id } };
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

/** A refusal is stored; a call that surely had no effect is taken off; any other stays in doubt. */
async function storeFailedCall(
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
    return { kind: 'changed', facts: { refusedFor: reason } };
  }
  if (hadNoEffect(error)) {
    await write(context, (tx) => discountCall(tx, key));
  } else {
    metrics.launches.inc({ result: 'in-doubt' });
  }
  throw error;
}

async function countRefusal(
  tx: FencedTransaction,
  { reason, message }: ReconcileError,
  step: Step,
  data: { readonly attempt?: number } = {},
): Promise<void> {
  const { record, now } = step.view;
  await updateFailures(tx, record.uid, addFailure(record, { reason, message, at: now }));
  await tell(tx, step, { action: 'LaunchFailed', reason, message, data });
}

function hadNoEffect(error: unknown): boolean {
  return (
    error instanceof ThrottledError ||
    error instanceof BackendUnavailableError ||
    error instanceof ConflictError
  );
}
