import { HEARTBEAT_LOST_AFTER_SECONDS } from '../../api/heartbeat.ts';
import { agentOf, type AgentState } from './agent.ts';
import { isAsleep } from '../../api/wake-request.ts';
import { shownText } from './exit-message.ts';
import { currentFailures } from './failures.ts';
import { sightOf } from './sight.ts';
import type { StatusInput, Verdict } from './status-input.ts';

type Beating = Extract<AgentState, { readonly kind: 'Beating' }>;

/** What is known of the agent in the instance of the open attempt; undefined while there is no instance that runs. */
export function agentIn({ acceptance, view, observation }: StatusInput): AgentState | undefined {
  const { mine } = sightOf(observation.instances, view.launches);
  return acceptance.wanted === undefined || mine?.instance.state !== 'running'
    ? undefined
    : agentOf({
        wanted: acceptance.wanted,
        report: view.report,
        instance: mine.instance,
        now: view.now,
      });
}

/** Whether the agent of this attempt has spoken; undefined where none is expected, or nothing runs and nothing failed. */
export function registeredOf(input: StatusInput): Verdict | undefined {
  const agent = agentIn(input);
  const failures = currentFailures(input.view.record);
  if (input.acceptance.wanted?.registers !== true) {
    return undefined;
  }
  if (agent === undefined) {
    return failures?.lastReason === 'ProvisionTimeout'
      ? no('ProvisionTimeout', failures.lastMessage)
      : undefined;
  }
  return agent.kind === 'Awaited'
    ? no('AwaitingHeartbeat', 'the instance runs; its agent has not registered yet')
    : { status: 'True', reason: 'Registered', message: 'the agent of this attempt has spoken' };
}

/** Whether the agent takes tasks now; undefined where none registers. */
export function availableOf(input: StatusInput, provisioned: Verdict): Verdict | undefined {
  const { acceptance, view } = input;
  if (acceptance.wanted?.registers !== true) {
    return undefined;
  }
  if (acceptance.lineage.effectiveState !== 'Running') {
    return no('Paused', 'it is paused');
  }
  if (isAsleep(view.record)) {
    return no('Hibernated', 'it is hibernated, or about to be');
  }
  const agent = agentIn(input);
  if (provisioned.status !== 'True' || agent === undefined) {
    return no('NotProvisioned', 'it has no running instance');
  }
  return availableAgent(agent, (text) => shownText(text, acceptance, startedWith(input)));
}

/** Hash of the bundle of the run that speaks. */
function startedWith({ view, observation }: StatusInput): string | undefined {
  const { mine } = sightOf(observation.instances, view.launches);
  const open = view.launches.find(({ state }) => state !== 'closed');
  return mine?.instance.configHash ?? open?.configHash;
}

/** What of a text may be shown. */
type Show = (text: string) => string;

function availableAgent(agent: AgentState, show: Show): Verdict {
  switch (agent.kind) {
    case 'Beating':
      return beating(agent, show);
    case 'Lost':
      return no('HeartbeatLost', LOST_MESSAGE);
    default:
      return no('AwaitingAgent', 'its agent has not registered yet');
  }
}

/** It takes tasks, and may be degraded. What it says itself is `show`n. */
export function beating(agent: Pick<Beating, 'isDegraded' | 'report'>, show: Show): Verdict {
  const message = agent.isDegraded
    ? `the agent beats, and ${degradation(agent, show)}`
    : 'the agent beats';
  return { status: 'True', reason: 'Heartbeating', message };
}

/** What people read while no heartbeat comes. */
export const LOST_MESSAGE = `the agent has not been heard of for ${HEARTBEAT_LOST_AFTER_SECONDS / 60} minutes`;

/** Why an agent counts as degraded; says no numbers, which would change with every heartbeat. */
function degradation({ report }: Pick<Beating, 'report'>, show: Show): string {
  if (report.runtimeState === 'wedged') {
    return 'says that its runtime is wedged';
  }
  const sample = show(report.sampleError ?? '');
  return `at least half of its requests failed${sample === '' ? '' : `, for example: ${sample}`}`;
}

function no(reason: Verdict['reason'], message: string): Verdict {
  return { status: 'False', reason, message };
}
