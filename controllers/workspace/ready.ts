import type { Reason } from '../../api/conditions.ts';
import { awaitsMoreChanges, type Action, type ActionOf } from './action.ts';
import type { AgentState } from './agent.ts';
import { isAsleep } from '../../api/wake-request.ts';
import { currentFailures } from './failures.ts';
import { LOST_MESSAGE, agentIn } from './registered.ts';
import { sightOf } from './sight.ts';
import { isStalledBy } from './stalled.ts';
import type { StatusInput, Verdict } from './status-input.ts';

/**
 * Whether what is equals what is wanted, for this generation. A paused workspace is ready, because GitOps must not hang
 * on it; but not one whose declaration needs a person, of which nobody knows what it means.
 */
export function readyOf(
  input: StatusInput,
  {
    provisioned,
    registered,
  }: { readonly provisioned: Verdict; readonly registered: Verdict | undefined },
): Verdict {
  const isUnknown = provisioned.status === 'Unknown';
  return (
    terminatingOf(input) ??
    (isUnknown ? provisioned : undefined) ??
    refusedOf(input) ??
    restingOf(input, provisioned) ??
    wantedOf(input, provisioned, registered)
  );
}

/** It is being deleted; undefined when nobody asked for that. */
export function terminatingOf(input: StatusInput): Verdict | undefined {
  return input.view.record.deletionRequestedAt === undefined
    ? undefined
    : no('Terminating', terminatingMessage(input));
}

/** What is not accepted is not ready, unless it is paused and time alone may help. */
export function refusedOf({ acceptance }: StatusInput): Verdict | undefined {
  const isPaused = acceptance.lineage.effectiveState !== 'Running';
  return acceptance.isAccepted || (isPaused && !isStalledBy(acceptance.reason))
    ? undefined
    : no(acceptance.reason, acceptance.message);
}

/** It should run: the first thing that keeps it from that. */
function wantedOf(
  input: StatusInput,
  provisioned: Verdict,
  registered: Verdict | undefined,
): Verdict {
  const { view, action } = input;
  if (view.launches.some(({ state }) => state === 'closing')) {
    return no('Replacing', REPLACING_MESSAGE);
  }
  if (provisioned.status === 'False') {
    return registered?.reason === 'ProvisionTimeout'
      ? registered
      : (silencedOf(view, provisioned) ?? waitingOf(provisioned));
  }
  const agent = agentIn(input);
  return (
    changingOf(action, agent) ??
    (agent === undefined || agent.kind === 'NotExpected' ? runningOf(input) : agentReady(agent))
  );
}

/** It was stopped because its agent had gone silent, and waits for its next start. */
function silencedOf({ record }: StatusInput['view'], { reason }: Verdict): Verdict | undefined {
  const failures = currentFailures(record);
  return reason === 'Stopped' && failures?.lastReason === 'HeartbeatLost'
    ? no('HeartbeatLost', failures.lastMessage)
    : undefined;
}

function agentReady(agent: AgentState): Verdict {
  switch (agent.kind) {
    case 'Awaited':
      return no('AwaitingHeartbeat', 'the instance runs; its agent has not registered yet');
    case 'Lost':
      return no('HeartbeatLost', LOST_MESSAGE);
    default:
      return { status: 'True', reason: 'Online', message: 'the agent is registered and beats' };
  }
}

const REPLACING_MESSAGE = 'the old instance goes before the new one comes';

/** It runs, but not what is wanted for this generation; that it is silent says more than that its change waits. */
function changingOf(action: Action, agent: AgentState | undefined): Verdict | undefined {
  if (action.kind === 'Replace') {
    return no('Replacing', REPLACING_MESSAGE);
  }
  if (action.kind === 'Stop') {
    return no('Provisioning', 'the agent is restarted with its new configuration');
  }
  if (awaitsMoreChanges(action)) {
    return no('Provisioning', 'its change waits a moment for those that may come with it');
  }
  return isAwaitingRollout(action) && agent?.kind !== 'Lost'
    ? no('Provisioning', action.message ?? 'its change waits for its turn')
    : undefined;
}

/** It runs on with its old configuration until it is its turn. */
export function isAwaitingRollout(action: Action): action is ActionOf<'Wait'> {
  return action.kind === 'Wait' && action.reason === 'RolloutBudget';
}

function terminatingMessage({ action, error }: StatusInput): string {
  if (error !== undefined) {
    return error.message;
  }
  return action.kind === 'Wait' && action.reason === 'ChildrenFirst'
    ? 'waiting until its children are gone'
    : 'waiting until its instance is gone';
}

/** Paused or hibernated; undefined when it should run. */
function restingOf(input: StatusInput, provisioned: Verdict): Verdict | undefined {
  const { view, observation, acceptance } = input;
  if (acceptance.lineage.effectiveState === 'Running' && !isAsleep(view.record)) {
    return undefined;
  }
  const { mine } = sightOf(observation.instances, view.launches);
  const isStopped =
    mine?.instance.state === 'stopped' || view.launches.every(({ state }) => state === 'closed');
  if (!isStopped) {
    const isReached = provisioned.status === 'True' || provisioned.reason === 'Stopped';
    return isReached ? no('Provisioning', 'the instance is being stopped') : waitingOf(provisioned);
  }
  const kept = view.launches.length === 0 ? 'nothing was ever launched' : 'its state is kept';
  return { status: 'True', ...restOf(input, kept) };
}

/** How it rests; `kept` says what is left of it meanwhile. */
export function restOf(
  { acceptance }: StatusInput,
  kept: string,
): { readonly reason: Reason; readonly message: string } {
  switch (acceptance.lineage.effectiveState) {
    case 'Paused':
      return { reason: 'Paused', message: `paused; ${kept}` };
    case 'AncestorPaused':
      return { reason: 'AncestorPaused', message: `an ancestor is paused; ${kept}` };
    case 'Running':
      return { reason: 'Hibernated', message: `hibernated; ${kept}; work for the agent wakes it` };
  }
}

function waitingOf(provisioned: Verdict): Verdict {
  return provisioned.reason === 'LaunchPending' || provisioned.reason === 'Stopped'
    ? no('Provisioning', provisioned.message)
    : provisioned;
}

/** Until its port was asked, as after a restart of the controller, what was said of it still holds. */
function runningOf({ isAnswering, view }: StatusInput): Verdict {
  const before = view.record.status?.conditions.find(({ type }) => type === 'Ready')?.reason;
  const answers = isAnswering ?? (before === 'Online' ? true : undefined);
  if (answers === true) {
    return { status: 'True', reason: 'Online', message: 'the instance runs and answers' };
  }
  if (before === 'Online' || before === 'HeartbeatLost') {
    return no('HeartbeatLost', 'the instance runs, but its port does not answer any more');
  }
  return answers === undefined
    ? no('Provisioning', 'the instance runs; its port was not asked yet')
    : no('Provisioning', 'the instance runs; its port does not answer yet');
}

function no(reason: Verdict['reason'], message: string): Verdict {
  return { status: 'False', reason, message };
}
