import { DEFAULT_NAMESPACE } from '../../api/objects.ts';
import type { WorkspaceStatus } from '../../api/conditions.ts';
import { EXTERNAL_LOST_AFTER_SECONDS } from '../../api/heartbeat.ts';
import { shownText } from './exit-message.ts';
import { externalAgentOf, type ExternalAgent } from './external-agent.ts';
import { refusedOf, restOf, terminatingOf } from './ready.ts';
import { beating } from './registered.ts';
import type { StatusInput, Verdict, Verdicts } from './status-input.ts';

/** What is said of an agent that runs elsewhere, once no instance is left of it: `Provisioned` is not among it. */
export function externalVerdicts(input: StatusInput): Verdicts {
  const { view, acceptance, error, answer } = input;
  const { url } = view.record.spec.external ?? {};
  const agent = externalAgentOf({ url, report: view.report, answer, now: view.now });
  const isPaused = acceptance.lineage.effectiveState !== 'Running';
  return {
    ready:
      terminatingOf(input) ??
      (error && { status: 'Unknown', ...error }) ??
      refusedOf(input) ??
      (isPaused ? { status: 'True', ...restOf(input, TOLD) } : readyAgent(input, agent)),
    ...present(
      'available',
      isPaused ? no('Paused', 'it is paused') : availableAgent(agent, acceptance),
    ),
    ...present('registered', registeredAgent(input, agent)),
    isDegraded: agent.kind === 'Beating' && agent.isDegraded,
  };
}

const TOLD = 'its heartbeats are answered with that';
const LOST = `the agent has not been heard of for ${EXTERNAL_LOST_AFTER_SECONDS} seconds; it runs elsewhere, so nobody here restarts it`;

function readyAgent({ view: { record } }: StatusInput, agent: ExternalAgent): Verdict {
  switch (agent.kind) {
    case 'Beating':
      return { status: 'True', reason: 'Online', message: 'the agent elsewhere beats' };
    case 'Lost':
      return no('HeartbeatLost', LOST);
    case 'Awaited':
      return agent.url === undefined
        ? no('AwaitingAgent', unconnected(record))
        : readyAddress(record.status, agent);
  }
}

/** Until its address was asked, as after a restart of the controller, what was said of it still holds. */
function readyAddress(
  status: WorkspaceStatus | undefined,
  { url = '', answer }: Extract<ExternalAgent, { kind: 'Awaited' }>,
): Verdict {
  const before = status?.conditions.find(({ type }) => type === 'Ready')?.reason;
  const answers = answer === undefined ? before === 'Online' : answer.isAnswering;
  if (answers) {
    return { status: 'True', reason: 'Online', message: `something answers at ${url}` };
  }
  if (answer?.refusal !== undefined) {
    return no('AwaitingAgent', `spec.external.url ${answer.refusal}`);
  }
  return before === 'Online' || before === 'HeartbeatLost'
    ? no('HeartbeatLost', `nothing answers at ${url} any more`)
    : no('AwaitingAgent', `nothing has answered at ${url} yet, and no agent has registered`);
}

function unconnected({ namespace, name }: StatusInput['view']['record']): string {
  const where = namespace === DEFAULT_NAMESPACE ? '' : ` -n ${namespace}`;
  return `no agent has registered yet; "treeline connect ${name}${where}" shows once how one does`;
}

/** Who has a declared address need not register, so nothing is missing before it speaks. */
function availableAgent(
  agent: ExternalAgent,
  acceptance: StatusInput['acceptance'],
): Verdict | undefined {
  switch (agent.kind) {
    case 'Beating':
      return beating(agent, (text) => shownText(text, acceptance));
    case 'Lost':
      return no('HeartbeatLost', LOST);
    case 'Awaited':
      return agent.url === undefined
        ? no('AwaitingAgent', 'no agent has registered yet')
        : undefined;
  }
}

function registeredAgent({ view }: StatusInput, agent: ExternalAgent): Verdict | undefined {
  if (agent.kind !== 'Awaited') {
    return { status: 'True', reason: 'Registered', message: 'the agent elsewhere has spoken' };
  }
  return agent.url === undefined ? no('AwaitingHeartbeat', unconnected(view.record)) : undefined;
}

function present<K extends string>(name: K, verdict: Verdict | undefined) {
  return (verdict === undefined ? {} : { [name]: verdict }) as Partial<Record<K, Verdict>>;
}

function no(reason: Verdict['reason'], message: string): Verdict {
  return { status: 'False', reason, message };
}
