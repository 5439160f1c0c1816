import { NotFoundError, ignoreNotFound } from '../../lib/errors.ts';
import { forgetReport, storeCredentials } from '../../store/agent-credentials.ts';
import type { FencedTransaction } from '../../store/fencing.ts';
import { storeHibernation } from '../../store/hibernation.ts';
import { updateFailures } from '../../store/workspace-status.ts';
import type { WorkspaceRecord } from '../../store/workspace-view.ts';
import { addFailure } from './failures.ts';
import { renderLaunch } from './render-launch.ts';
import { resetSessionIfAsked } from './reset-session.ts';
import { storeConfigHash } from '../../store/launches.ts';
import type { LaunchRecord } from '../../store/launch-record.ts';
import type { Backend } from '../../backends/backend.ts';
import type { ActionOf } from './action.ts';
import {
  assertLease,
  callBackend,
  secondsUntilTurn,
  write,
  type WorkspaceContext,
} from './context.ts';
import { CHANGED, tell, type Outcome, type Step } from './step.ts';

/** Stops the instance and keeps its state. One that has gone silent counts as a failure, so that its start waits. */
export async function performStop(
  { launch, reason }: ActionOf<'Stop'>,
  step: Step,
  context: WorkspaceContext,
): Promise<Outcome> {
  const seconds = secondsUntilTurn(context, turnOf(launch), 'stop');
  if (seconds > 0) {
    return { kind: 'postponed', seconds };
  }
  await callKnown(launch, { step, context }, (backend, id) => backend.stop(id));
  await write(context, async (tx) => {
    if (reason === 'HeartbeatLost') {
      await countLostAgent(tx, step);
    }
    await tell(tx, step, {
      action: reason === 'Hibernated' ? 'Hibernated' : 'Stopped',
      reason,
      message: 'stopped the instance; its state is kept',
      data: { attempt: launch.attempt, instanceId: launch.instanceId },
    });
  });
  return CHANGED;
}

async function countLostAgent(tx: FencedTransaction, { view }: Step): Promise<void> {
  const { record, now } = view;
  const message = 'the agent sent no heartbeat for 3 minutes and its port does not answer';
  const failure = { reason: 'HeartbeatLost', message, at: now };
  await updateFailures(tx, record.uid, addFailure(record, failure));
}

/**
 * Starts a stopped instance with a new bundle. Its hash and its credentials are stored first: a crash in between starts again.
 * What the agent said before is forgotten, so that its next word is of this run.
 */
export async function performStart(
  { launch }: ActionOf<'Start'>,
  step: Step,
  context: WorkspaceContext,
): Promise<Outcome> {
  const seconds = secondsUntilTurn(context, turnOf(launch), 'start');
  if (seconds > 0) {
    return { kind: 'postponed', seconds };
  }
  const { record, now } = step.view;
  const { bundle, credentials } = await renderLaunch(step, launch, context);
  await resetSessionIfAsked(step, launch.backend, context);
  assertLease(context);
  await write(context, async (tx) => {
    await storeConfigHash(tx, launch, bundle.configHash);
    await storeCredentials(tx, credentials);
    await forgetReport(tx, record.uid);
  });
  await callKnown(launch, { step, context }, (backend, id) => backend.start(id, bundle));
  await write(context, async (tx) => {
    await endHibernation(tx, record, now);
    await tell(tx, step, {
      ...startOf(step, launch, bundle.configHash),
      message: 'started the instance',
      data: { attempt: launch.attempt, instanceId: launch.instanceId },
    });
  });
  return CHANGED;
}

function startOf({ view: { record } }: Step, launch: LaunchRecord, configHash: string) {
  if (isToWake(record)) {
    return { action: 'Woken', reason: 'Wanted' };
  }
  return launch.configHash === configHash
    ? { action: 'Started', reason: 'Wanted' }
    : { action: 'Restarted', reason: 'ConfigChanged' };
}

async function endHibernation(
  tx: FencedTransaction,
  record: WorkspaceRecord,
  now: Date,
): Promise<void> {
  if (isToWake(record) && record.hibernation !== undefined) {
    await storeHibernation(tx, record.uid, { ...record.hibernation, wokenAt: now.toISOString() });
  }
}

function isToWake({ hibernation }: WorkspaceRecord): boolean {
  return hibernation !== undefined && hibernation.wokenAt === undefined;
}

/** Asks for the end of an instance by its id; its absence is observed, not believed. */
export async function performTerminate(
  { backend: key, instanceId, attempt, reason }: ActionOf<'Terminate'>,
  step: Step,
  context: WorkspaceContext,
): Promise<Outcome> {
  const { record } = step.view;
  const target = { uid: record.uid, backend: key };
  const seconds = secondsUntilTurn(context, { key: instanceId, backend: key }, 'terminate');
  if (seconds > 0) {
    return { kind: 'postponed', seconds };
  }
  if (isRetained(record)) {
    await retainState(context, target, instanceId);
  }
  await callBackend(context, target, (backend) => backend.terminate(instanceId)).catch(
    ignoreNotFound,
  );
  await write(context, (tx) =>
    tell(tx, step, {
      action: 'Terminated',
      reason,
      message: `terminated instance ${instanceId}, attempt ${attempt}`,
      data: { attempt, instanceId, backend: key },
    }),
  );
  return CHANGED;
}

/** It is deleted, and its state is to stay. */
function isRetained({ deletionRequestedAt, spec }: WorkspaceRecord): boolean {
  return deletionRequestedAt !== undefined && spec.deletionPolicy === 'Retain';
}

async function retainState(
  context: WorkspaceContext,
  target: { readonly uid: string; readonly backend: string },
  instanceId: string,
): Promise<void> {
  await callBackend(context, target, async (backend) => backend.retainState?.(instanceId)).catch(
    ignoreNotFound,
  );
}

function turnOf({ instanceId, workspaceUid, backend }: LaunchRecord) {
  return { key: instanceId ?? workspaceUid, backend };
}

/** What is gone while we looked away is no error: the next list says so, and the plan decides. */
async function callKnown(
  { instanceId, backend }: LaunchRecord,
  { step, context }: { readonly step: Step; readonly context: WorkspaceContext },
  call: (backend: Backend, id: string) => Promise<void>,
): Promise<void> {
  if (instanceId === undefined) {
    throw new NotFoundError('calling the backend: the launch row has no instance id');
  }
  const target = { uid: step.view.record.uid, backend };
  await callBackend(context, target, (one) => call(one, instanceId)).catch(ignoreNotFound);
}
