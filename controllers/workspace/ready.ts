import type { Action } from './action.ts';
import { sightOf } from './sight.ts';
import { isStalledBy } from './stalled.ts';
import type { StatusInput, Verdict } from './status-input.ts';

/**
 * Whether what is equals what is wanted, for this generation. A paused workspace is ready, because GitOps must not hang
 * on it; but not one whose declaration needs a person, of which nobody knows what it means.
 */
export function readyOf(input: StatusInput, provisioned: Verdict): Verdict {
  const { view, acceptance, action } = input;
  if (view.record.deletionRequestedAt !== undefined) {
    return no('Terminating', terminatingMessage(input));
  }
  if (provisioned.status === 'Unknown') {
    return provisioned;
  }
  const isPaused = acceptance.lineage.effectiveState !== 'Running';
  if (!acceptance.isAccepted && !(isPaused && !isStalledBy(acceptance.reason))) {
    return no(acceptance.reason, acceptance.message);
  }
  if (isPaused) {
    return pausedOf(input, provisioned);
  }
  if (view.launches.some(({ state }) => state === 'closing')) {
    return no('Replacing', REPLACING_MESSAGE);
  }
  if (provisioned.status === 'False') {
    return waitingOf(provisioned);
  }
  return changingOf(action) ?? runningOf(input);
}

const REPLACING_MESSAGE = 'the old instance goes before the new one comes';

/** It runs, but not what is wanted for this generation. */
function changingOf(action: Action): Verdict | undefined {
  if (action.kind === 'Replace') {
    return no('Replacing', REPLACING_MESSAGE);
  }
  if (action.kind === 'Stop') {
    return no('Provisioning', 'the agent is restarted with its new configuration');
  }
  return isAwaitingRollout(action)
    ? no('Provisioning', 'its change waits until others of its class are ready again')
    : undefined;
}

/** It runs on with its old configuration until it is its turn. */
export function isAwaitingRollout(action: Action): boolean {
  return action.kind === 'Wait' && action.reason === 'RolloutBudget';
}

function terminatingMessage({ action }: StatusInput): string {
  return action.kind === 'Wait' && action.reason === 'ChildrenFirst'
    ? 'waiting until its children are gone'
    : 'waiting until its instance is gone';
}

function pausedOf({ acceptance, view, observation }: StatusInput, provisioned: Verdict): Verdict {
  const { mine } = sightOf(observation.instances, view.launches);
  const isStopped =
    mine?.instance.state === 'stopped' || view.launches.every(({ state }) => state === 'closed');
  if (!isStopped) {
    const isReached = provisioned.status === 'True' || provisioned.reason === 'Stopped';
    return isReached ? no('Provisioning', 'the instance is being stopped') : waitingOf(provisioned);
  }
  const kept = view.launches.length === 0 ? 'nothing was ever launched' : 'its state is kept';
  return acceptance.lineage.effectiveState === 'Paused'
    ? { status: 'True', reason: 'Paused', message: `paused; ${kept}` }
    : { status: 'True', reason: 'AncestorPaused', message: `an ancestor is paused; ${kept}` };
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
