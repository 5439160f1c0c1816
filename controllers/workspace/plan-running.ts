import type { Instance } from '../../backends/backend.ts';
import type { Wanted } from '../../provisioning/wanted.ts';
import type { LaunchRecord } from '../../store/launch-record.ts';
import type { Action } from './action.ts';
import { agentOf, type AgentState } from './agent.ts';
import { HEALTHY_AFTER_SECONDS } from './failures.ts';
import {
  dueHibernation,
  isClaimBroken,
  secondsUntilDrained,
  secondsUntilIdleLook,
} from './hibernation.ts';
import { LEAST_LISTENING_SECONDS } from './listening.ts';
import { wait, type Situation } from './situation.ts';

/** A running instance, as it is wanted, and what its class expects of the agent in it. */
export interface RunningInstance {
  readonly launch: LaunchRecord;
  readonly instance: Instance;
  readonly wanted: Wanted;
}

/** It runs with what it should run with: wait for its agent, see to it, let it rest. */
export function planRunning(situation: Situation, running: RunningInstance): Action {
  const { launch, wanted } = running;
  const { record, now } = situation;
  const agent = agentIn(situation, running);
  if (agent.kind === 'Awaited') {
    return planAwaited(launch, agent, situation);
  }
  // A silent agent may be busy; a port that is closed as well is the second sign (lessons.md, P17).
  if (agent.kind === 'Lost' && situation.isAnswering === false) {
    return { kind: 'Stop', launch, reason: 'HeartbeatLost' };
  }
  const { hibernation } = record;
  if (hibernation !== undefined && hibernation.wokenAt === undefined) {
    return { kind: 'KeepAwake', woken: { ...hibernation, wokenAt: now.toISOString() } };
  }
  const claim = dueHibernation(record, { wanted, agent, now });
  if (claim !== undefined) {
    return { kind: 'Hibernate', claim, ...activityOf(agent) };
  }
  return planRecovery(situation, running.instance) ?? planRest(situation, wanted, agent);
}

/** It is claimed for hibernation and still runs: it drains, then it is stopped. */
export function planDraining(situation: Situation, running: RunningInstance): Action {
  const { hibernation } = situation.record;
  const agent = agentIn(situation, running);
  if (hibernation === undefined) {
    return { kind: 'None' };
  }
  if (isClaimBroken(hibernation, agent)) {
    return { kind: 'KeepAwake' };
  }
  const seconds = secondsUntilDrained(hibernation, agent, situation.now);
  return seconds > 0
    ? wait('Draining', seconds)
    : { kind: 'Stop', launch: running.launch, reason: 'Hibernated' };
}

function agentIn({ report, now }: Situation, { wanted, instance }: RunningInstance): AgentState {
  return agentOf({ wanted, report, instance, now });
}

function planAwaited(
  launch: LaunchRecord,
  { secondsLeft, sinceSeconds }: Extract<AgentState, { kind: 'Awaited' }>,
  { listenedSeconds = Infinity }: Situation,
): Action {
  const seconds = Math.max(secondsLeft, LEAST_LISTENING_SECONDS - listenedSeconds);
  return seconds > 0
    ? wait('AwaitingHeartbeat', seconds)
    : { kind: 'TimeOut', launch, sinceSeconds };
}

/** After failures it is looked at again when it has run for long enough: nothing else would bring it back. */
function planRecovery(
  { record, now }: Situation,
  { startedAt, launchedAt }: Instance,
): Action | undefined {
  if (record.failures === undefined) {
    return undefined;
  }
  const ranSeconds = (now.getTime() - (startedAt ?? launchedAt).getTime()) / 1000;
  return ranSeconds >= HEALTHY_AFTER_SECONDS
    ? { kind: 'ClearFailures' }
    : wait('Recovering', HEALTHY_AFTER_SECONDS - ranSeconds);
}

function planRest({ record, now }: Situation, wanted: Wanted, agent: AgentState): Action {
  const dueSeconds = secondsUntilIdleLook(record, { wanted, agent, now });
  return { kind: 'None', ...(dueSeconds !== undefined && { dueSeconds }) };
}

function activityOf(agent: AgentState): { readonly activityAt?: Date } {
  return 'report' in agent ? { activityAt: agent.report.activityAt } : {};
}
