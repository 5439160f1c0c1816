import type { Reason } from '../../api/conditions.ts';
import type { Instance } from '../../backends/backend.ts';
import type { LaunchRecord } from '../../store/launch-record.ts';
import { currentFailures } from './failures.ts';
import type { Observation } from '../fleet.ts';
import type { Action } from './action.ts';
import { sightOf, type Sight } from './sight.ts';
import type { StatusInput, Verdict } from './status-input.ts';

/** Whether the instance exists and runs, with the reason of the step that really failed. */
export function provisionedOf(input: StatusInput): Verdict {
  const { view, error, action, observation } = input;
  const open = view.launches.find(({ state }) => state !== 'closed');
  if (error !== undefined) {
    return { status: error.reason === 'LaunchInDoubt' ? 'Unknown' : 'False', ...error };
  }
  if (open === undefined) {
    return withoutLaunch(input);
  }
  if (open.state === 'pending') {
    return pending(open, action);
  }
  if (action.kind === 'VerifyAbsent' && action.reason === 'InstanceLost') {
    return no('InstanceLost', 'its instance is gone; the provider is asked once more');
  }
  const sight = sightOf(observation.instances, view.launches);
  return blindness(observation, sight) ?? withInstance(input, sight.mine?.instance);
}

function blindness(observation: Observation, { hasUnknown }: Sight): Verdict | undefined {
  if (observation.kind === 'unknown') {
    return { status: 'Unknown', reason: 'StatusUnknown', message: observation.error.message };
  }
  return hasUnknown
    ? {
        status: 'Unknown',
        reason: 'StatusUnknown',
        message: 'the state of its instance cannot be told',
      }
    : undefined;
}

function withoutLaunch({ view, acceptance }: StatusInput): Verdict {
  const failures = currentFailures(view.record);
  if (failures !== undefined) {
    return no(toReason(failures.lastReason), failures.lastMessage);
  }
  const isPaused = acceptance.lineage.effectiveState !== 'Running';
  return isPaused || view.record.deletionRequestedAt !== undefined
    ? no('Stopped', 'no instance is wanted')
    : no('LaunchPending', 'nothing has been launched yet');
}

function pending({ attempt }: LaunchRecord, action: Action): Verdict {
  return action.kind === 'Wait' && action.reason === 'LaunchInDoubt'
    ? no(
        'LaunchInDoubt',
        'a launch call was sent and its answer is not known; waiting until it is settled',
      )
    : no('LaunchPending', `attempt ${attempt} is being launched`);
}

function withInstance({ view }: StatusInput, mine: Instance | undefined): Verdict {
  if (mine === undefined || mine.state === 'terminated') {
    return no('InstanceLost', 'its instance is gone');
  }
  switch (mine.state) {
    case 'running':
      return { status: 'True', reason: 'Running', message: 'the instance runs' };
    case 'stopped':
      return stopped(view.record.failures, mine);
    default:
      return no('LaunchPending', `the instance is ${mine.state}`);
  }
}

function stopped(failures: StatusInput['view']['record']['failures'], { exit }: Instance): Verdict {
  if (exit === undefined) {
    return no('Stopped', 'the instance is stopped; its state is kept');
  }
  const how =
    exit.signal === undefined ? `code ${exit.code ?? 'unknown'}` : `signal ${exit.signal}`;
  const lastLine = (failures?.exit?.log ?? exit.log).trimEnd().split('\n').at(-1) ?? '';
  const said = lastLine === '' ? '' : `; last log line: ${lastLine}`;
  return no('CrashLoopBackOff', `the agent exited with ${how}${said}`);
}

const KNOWN_REASONS = new Set<string>([
  'InsufficientCapacity',
  'VcpuLimitExceeded',
  'Unauthorized',
  'ImageNotFound',
  'InvalidLaunchParameters',
  'InstanceLost',
  'CrashLoopBackOff',
  'InvalidSpec',
  'QuotaExceeded',
]);

function toReason(reason: string): Reason {
  return KNOWN_REASONS.has(reason) ? (reason as Reason) : 'ReconcileFailed';
}

function no(reason: Reason, message: string): Verdict {
  return { status: 'False', reason, message };
}
