import type { Instance } from '../../backends/backend.ts';
import type { LaunchRecord } from '../../store/launch-record.ts';
import type { SeenInstance } from '../backend-list.ts';
import type { Action } from './action.ts';
import { isAsleep } from '../../api/wake-request.ts';
import { isDrift } from './drift.ts';
import { planDraining, planRunning, type RunningInstance } from './plan-running.ts';
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
    const { exit } = mine.instance;
    const reason = isLeaving ? 'Terminated' : 'InstanceLost';
    return { kind: 'CloseAttempt', launch, reason, ...(exit !== undefined && { exit }) };
  }
  if (mine.instance.state === 'terminating') {
    return wait('Terminating');
  }
  if (isLeaving) {
    return planLeaving(situation, mine);
  }
  const { acceptance } = situation;
  return acceptance.isAccepted && acceptance.elsewhere !== undefined
    ? { kind: 'Replace', launch, reason: 'RunsElsewhere' }
    : planState(situation, launch, mine.instance);
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
    return planResting(launch, instance, 'Paused');
  }
  if (!acceptance.isAccepted || acceptance.wanted === undefined) {
    return { kind: 'None' };
  }
  const running = { launch, instance, wanted: acceptance.wanted };
  if (isAsleep(situation.record)) {
    return instance.state === 'running'
      ? planDraining(situation, running)
      : planResting(launch, instance, 'Hibernated');
  }
  return planAwake(situation, running);
}

function planAwake(situation: Situation, running: RunningInstance): Action {
  const { launch, instance } = running;
  const change = situation.isChangeHeld === true ? undefined : planChange(situation, running);
  if (change !== undefined) {
    return change;
  }
  switch (instance.state) {
    case 'running':
      return planRunning(situation, running);
    case 'stopped':
      return planStopped(situation, launch, instance);
    case 'stopping':
      return wait('Stopping');
    default:
      return wait('Starting');
  }
}

/** What takes it down although it is wanted, so that it comes back as something else. */
function planChange(situation: Situation, running: RunningInstance): Action | undefined {
  const { launch, instance, wanted } = running;
  if (isResetByReplacing(situation)) {
    return { kind: 'Replace', launch };
  }
  // After the database was lost; only a start can deliver them.
  if (instance.state === 'running' && wanted.registers && !launch.hasCredentials) {
    return { kind: 'Stop', launch, reason: 'CredentialsLost' };
  }
  const change = planDrift(situation, running);
  return change && (waitForBurst(situation, running) ?? change);
}

/** Its state lies in the instance itself, and is to be emptied. */
function isResetByReplacing({ record, timing }: Situation): boolean {
  const { resetSessionAt } = record.requests;
  const isAsked = resetSessionAt !== undefined && resetSessionAt !== record.sessionResetAt;
  return isAsked && timing.keepsState === false;
}

/** It runs, or lies there, with something else than what is wanted. */
function planDrift(
  { replacesAutomatically }: Situation,
  { launch, instance, wanted }: RunningInstance,
): Action | undefined {
  if (isDrift(launch.inputsHash, wanted.inputsHash) && replacesAutomatically) {
    return { kind: 'Replace', launch };
  }
  const isOutdated = isDrift(instance.configHash ?? launch.configHash, wanted.configHash);
  return isOutdated && instance.state === 'running'
    ? { kind: 'Stop', launch, reason: 'ConfigChanged' }
    : undefined;
}

/** Edits come in bursts: who was launched or started just now, perhaps for the first of them, waits for the rest. */
const BURST_SECONDS = 2;

function waitForBurst(
  { now }: Situation,
  { launch, instance }: RunningInstance,
): Action | undefined {
  // The time of a start is the provider's, whose clock may be ahead.
  const times = [launch.launchedAt, instance.startedAt].filter(
    (at) => at !== undefined && at <= now,
  );
  const seconds = BURST_SECONDS - (now.getTime() - Math.max(...times.map(Number))) / 1000;
  return seconds > 0 ? wait('BurstOfChanges', seconds) : undefined;
}

function planResting(
  launch: LaunchRecord,
  { state }: Instance,
  reason: 'Paused' | 'Hibernated',
): Action {
  switch (state) {
    case 'running':
    case 'pending':
      return { kind: 'Stop', launch, reason };
    case 'stopping':
      return wait('Stopping');
    default:
      return { kind: 'None' };
  }
}

/**
 * We stopped it: start at once, but for one that had gone silent. It ended by itself: keep the evidence, then start after
 * the backoff.
 */
function planStopped(
  situation: Situation,
  launch: LaunchRecord,
  { exit, configHash }: Instance,
): Action {
  if (exit === undefined) {
    const wasSilent = situation.record.failures?.lastReason === 'HeartbeatLost';
    return (wasSilent ? waitForRetry(situation) : undefined) ?? { kind: 'Start', launch };
  }
  const recorded = situation.record.failures?.exit;
  if (recorded?.attempt !== launch.attempt || recorded.at !== exit.at.toISOString()) {
    return { kind: 'RecordExit', launch, exit, startedWith: configHash };
  }
  return waitForRetry(situation) ?? { kind: 'Start', launch };
}
