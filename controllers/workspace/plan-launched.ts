import type { Instance } from '../../backends/backend.ts';
import type { LaunchRecord } from '../../store/launch-record.ts';
import type { SeenInstance } from '../backend-list.ts';
import type { Action } from './action.ts';
import { HEALTHY_AFTER_SECONDS } from './failures.ts';
import { planTerminate, wait, waitForRetry, type Situation } from './situation.ts';

/** The attempt has an instance: find it gone, end it, or bring it to the state that is wanted. */
export function planLaunched(situation: Situation, launch: LaunchRecord): Action {
  const { mine } = situation.sight;
  const isLeaving =
    situation.record.deletionRequestedAt !== undefined || launch.state === 'closing';
  if (mine === undefined) {
    return planUnseen(situation, launch, isLeaving);
  }
  if (mine.instance.state === 'terminated') {
    return { kind: 'CloseAttempt', launch, reason: isLeaving ? 'Terminated' : 'InstanceLost' };
  }
  if (mine.instance.state === 'terminating') {
    return wait('Terminating');
  }
  if (isLeaving) {
    return planLeaving(situation, mine);
  }
  return planState(situation, launch, mine.instance);
}

/** A complete list does not show it. New instances may be hidden for `settleSeconds`, so that proves nothing before. */
function planUnseen(
  { takenAt, timing }: Situation,
  launch: LaunchRecord,
  isLeaving: boolean,
): Action {
  const touchedAt = Math.max(launch.lastSentAt?.getTime() ?? 0, launch.launchedAt?.getTime() ?? 0);
  const unsettledSeconds = (touchedAt - takenAt.getTime()) / 1000 + timing.settleSeconds;
  return unsettledSeconds > 0
    ? wait('Settling', unsettledSeconds)
    : { kind: 'VerifyAbsent', launch, reason: isLeaving ? 'Terminated' : 'InstanceLost' };
}

function planLeaving(situation: Situation, mine: SeenInstance): Action {
  const isDeletion = situation.record.deletionRequestedAt !== undefined;
  if (isDeletion && situation.hasDeletingChildren) {
    return wait('ChildrenFirst');
  }
  return planTerminate(situation, mine, isDeletion ? 'Deleted' : 'Replaced');
}

function planState(situation: Situation, launch: LaunchRecord, instance: Instance): Action {
  const { acceptance } = situation;
  if (acceptance.lineage.effectiveState !== 'Running') {
    return planPaused(launch, instance);
  }
  if (!acceptance.isAccepted) {
    return { kind: 'None' };
  }
  const { inputsHash, configHash } = acceptance.wanted;
  if (isDrift(launch.inputsHash, inputsHash) && situation.replacesAutomatically) {
    return { kind: 'Replace', launch };
  }
  switch (instance.state) {
    case 'running':
      return isDrift(instance.configHash ?? launch.configHash, configHash)
        ? { kind: 'Stop', launch, reason: 'ConfigChanged' }
        : planRunning(situation, instance);
    case 'stopped':
      return planStopped(situation, launch, instance);
    case 'stopping':
      return wait('Stopping');
    default:
      return wait('Starting');
  }
}

function planPaused(launch: LaunchRecord, { state }: Instance): Action {
  switch (state) {
    case 'running':
    case 'pending':
      return { kind: 'Stop', launch, reason: 'Paused' };
    case 'stopping':
      return wait('Stopping');
    default:
      return { kind: 'None' };
  }
}

/** It runs. After failures it is looked at again when it has run for long enough: nothing else would bring it back. */
function planRunning({ record, now }: Situation, { startedAt, launchedAt }: Instance): Action {
  if (record.failures === undefined) {
    return { kind: 'None' };
  }
  const ranSeconds = (now.getTime() - (startedAt ?? launchedAt).getTime()) / 1000;
  return ranSeconds >= HEALTHY_AFTER_SECONDS
    ? { kind: 'ClearFailures' }
    : wait('Recovering', HEALTHY_AFTER_SECONDS - ranSeconds);
}

/** We stopped it: start at once. It ended by itself: keep the evidence, then start after the backoff. */
function planStopped(situation: Situation, launch: LaunchRecord, { exit }: Instance): Action {
  if (exit === undefined) {
    return { kind: 'Start', launch };
  }
  const recorded = situation.record.failures?.exit;
  if (recorded?.attempt !== launch.attempt || recorded.at !== exit.at.toISOString()) {
    return { kind: 'RecordExit', launch, exit };
  }
  return waitForRetry(situation) ?? { kind: 'Start', launch };
}

/** '' stands for "not known", after the database was lost, and is no drift. */
export function isDrift(actual: string, wanted: string): boolean {
  return actual !== '' && actual !== wanted;
}
