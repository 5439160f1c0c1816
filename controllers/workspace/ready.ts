import type { Action } from './action.ts';
import type { StatusInput, Verdict } from './status-input.ts';

/** Whether what is equals what is wanted, for this generation. A paused workspace is ready: GitOps must not hang on it. */
export function readyOf(input: StatusInput, provisioned: Verdict): Verdict {
  const { view, acceptance, action } = input;
  if (view.record.deletionRequestedAt !== undefined) {
    return { status: 'False', reason: 'Terminating', message: terminatingMessage(input) };
  }
  if (provisioned.status === 'Unknown') {
    return provisioned;
  }
  if (acceptance.lineage.effectiveState !== 'Running') {
    return pausedOf(input, provisioned);
  }
  if (!acceptance.isAccepted) {
    return { status: 'False', reason: acceptance.reason, message: acceptance.message };
  }
  if (view.launches.some(({ state }) => state === 'closing')) {
    return {
      status: 'False',
      reason: 'Replacing',
      message: 'the old instance goes before the new one comes',
    };
  }
  if (provisioned.status === 'False') {
    return waitingOf(provisioned);
  }
  return changingOf(action) ?? runningOf(input);
}

/** It runs, but not what is wanted for this generation. */
function changingOf(action: Action): Verdict | undefined {
  if (action.kind === 'Stop' || action.kind === 'Replace') {
    return {
      status: 'False',
      reason: 'Provisioning',
      message: 'the agent is restarted with its new configuration',
    };
  }
  return isAwaitingRollout(action)
    ? {
        status: 'False',
        reason: 'Provisioning',
        message: 'its change waits until others of its class are ready again',
      }
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

function pausedOf({ acceptance, view }: StatusInput, provisioned: Verdict): Verdict {
  const isStopped =
    provisioned.reason === 'Stopped' ||
    view.launches.every(({ state }) => state === 'closed') ||
    provisioned.reason === 'CrashLoopBackOff';
  if (!isStopped) {
    return { status: 'False', reason: 'Provisioning', message: 'the instance is being stopped' };
  }
  return acceptance.lineage.effectiveState === 'Paused'
    ? { status: 'True', reason: 'Paused', message: 'paused; its state is kept' }
    : {
        status: 'True',
        reason: 'AncestorPaused',
        message: 'an ancestor is paused; its state is kept',
      };
}

function waitingOf(provisioned: Verdict): Verdict {
  return provisioned.reason === 'LaunchPending' || provisioned.reason === 'Stopped'
    ? { status: 'False', reason: 'Provisioning', message: provisioned.message }
    : provisioned;
}

function runningOf({ isAnswering, view }: StatusInput): Verdict {
  const wasOnline = view.record.status?.conditions.some(
    ({ type, reason }) => type === 'Ready' && (reason === 'Online' || reason === 'HeartbeatLost'),
  );
  if (isAnswering !== false) {
    return isAnswering === undefined && wasOnline !== true
      ? {
          status: 'False',
          reason: 'Provisioning',
          message: 'the instance runs; its port was not asked yet',
        }
      : { status: 'True', reason: 'Online', message: 'the instance runs and answers' };
  }
  return wasOnline === true
    ? {
        status: 'False',
        reason: 'HeartbeatLost',
        message: 'the instance runs, but its port does not answer any more',
      }
    : {
        status: 'False',
        reason: 'Provisioning',
        message: 'the instance runs; its port does not answer yet',
      };
}
