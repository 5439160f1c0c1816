import { wakeRequestOf } from '../../api/wake-request.ts';
import type { Wanted } from '../../provisioning/wanted.ts';
import type { Hibernation } from '../../store/workspace-facts.ts';
import type { WorkspaceRecord } from '../../store/workspace-view.ts';
import type { AgentState } from './agent.ts';

/**
 * One heartbeat (lessons.md 2.3). After it an agent that is to drain knows of it, and is stopped in any case; and one that
 * was busy has said whether it still is.
 */
const HEARTBEAT_SECONDS = 30;

type Sleeper = Pick<
  WorkspaceRecord,
  'hibernation' | 'requests' | 'annotations' | 'generation' | 'spec'
>;

interface Resting {
  readonly wanted: Pick<Wanted, 'hibernateAfterSeconds'>;
  readonly agent: AgentState;
  readonly now: Date;
}

/** The claim that is due: asked for, declared, or idle for long enough. Pure; undefined when there is none. */
export function dueHibernation(record: Sleeper, resting: Resting): Hibernation | undefined {
  const isForced = record.requests.hibernateForced === 'true';
  const isBusy = isWorking(resting.agent);
  // First, for it outlives a declaration that is taken back; one claim answers both.
  if (isRequested(record) && (!isBusy || isForced)) {
    return { ...claimOf(record, 'Requested', resting.now), isForced };
  }
  if (isDeclared(record) && !isBusy) {
    return claimOf(record, 'Declared', resting.now);
  }
  const idleSeconds = secondsUntilIdle(record, resting);
  return idleSeconds !== undefined && idleSeconds <= 0
    ? claimOf(record, 'Idle', resting.now)
    : undefined;
}

/** Each generation is claimed once, so that somebody who wakes it is not undone at once. */
function isDeclared({ spec, hibernation, generation }: Sleeper): boolean {
  return spec.desiredState === 'Hibernated' && hibernation?.generation !== generation;
}

function isRequested({ requests, hibernation }: Sleeper): boolean {
  const { hibernateRequestedAt } = requests;
  return hibernateRequestedAt !== undefined && hibernateRequestedAt !== hibernation?.request;
}

/** Of one that has fallen silent its last word counts. */
function isWorking(agent: AgentState): boolean {
  return 'report' in agent && agent.report.activeTasks > 0;
}

function claimOf(record: Sleeper, reason: Hibernation['reason'], now: Date): Hibernation {
  const { hibernateRequestedAt: request } = record.requests;
  return {
    claimedAt: now.toISOString(),
    reason,
    generation: record.generation,
    wakeRequest: wakeRequestOf(record),
    ...(request !== undefined && { request }),
  };
}

/**
 * Seconds until it will have been idle for long enough, from its last activity and not from its last heartbeat; undefined while it is
 * busy, silent, or never hibernates. Pure.
 */
function secondsUntilIdle(
  { hibernation }: Pick<Sleeper, 'hibernation'>,
  { wanted, agent, now }: Resting,
): number | undefined {
  if (
    wanted.hibernateAfterSeconds === undefined ||
    agent.kind !== 'Beating' ||
    agent.report.activeTasks > 0
  ) {
    return undefined;
  }
  // Somebody who woke it is about to need it.
  const wokenMs = Date.parse(hibernation?.wokenAt ?? '') || 0;
  const idleSeconds = (now.getTime() - Math.max(agent.report.activityAt.getTime(), wokenMs)) / 1000;
  return wanted.hibernateAfterSeconds - idleSeconds;
}

/**
 * Seconds until another look for idleness is worth it; undefined when none is. Nobody tells when a busy agent is done, so it is
 * looked at when it could have been idle for long enough at the earliest, and at every heartbeat while a wish waits for that. Pure.
 */
export function secondsUntilIdleLook(record: Sleeper, resting: Resting): number | undefined {
  if (!isWorking(resting.agent)) {
    return secondsUntilIdle(record, resting);
  }
  return isDeclared(record) || isRequested(record)
    ? HEARTBEAT_SECONDS
    : resting.wanted.hibernateAfterSeconds;
}

/** Seconds until a claimed agent may be stopped: it has said since that it is done, or has had its time. Pure. */
export function secondsUntilDrained(
  { claimedAt, isForced }: Hibernation,
  agent: AgentState,
  now: Date,
): number {
  const claimedMs = Date.parse(claimedAt);
  const isDone =
    agent.kind !== 'Beating' ||
    (agent.report.activeTasks === 0 && agent.report.heartbeatAt.getTime() > claimedMs);
  return isDone || isForced === true ? 0 : HEARTBEAT_SECONDS - (now.getTime() - claimedMs) / 1000;
}

/** A task came in before it was told: the claim is taken back. Pure. */
export function isClaimBroken({ isForced }: Hibernation, agent: AgentState): boolean {
  return isForced !== true && isWorking(agent);
}
