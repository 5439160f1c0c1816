import type { ConditionStatus, Reason } from '../../api/conditions.ts';
import type { Instance } from '../../backends/backend.ts';
import type { LaunchRecord } from '../../store/launch-record.ts';
import { currentFailures } from './failures.ts';
import { sightOf } from './sight.ts';
import type { StatusInput } from './status.ts';

/** What one condition says, without its type and times. */
export interface Verdict {
  readonly status: ConditionStatus;
  readonly reason: Reason;
  readonly message: string;
}

/** Whether the instance exists and runs, with the reason of the step that really failed. */
export function provisionedOf(input: StatusInput): Verdict {
  const { observation, view, error, action } = input;
  const open = view.launches.find(({ state }) => state !== 'closed');
  const sight = sightOf(observation.instances, view.launches);
  if (error !== undefined) {
    return { status: error.reason === 'LaunchInDoubt' ? 'Unknown' : 'False', ...error };
  }
  const isBlind = observation.kind === 'unknown' || sight.hasUnknown;
  if (isBlind && open !== undefined && open.state !== 'pending') {
    const why =
      observation.kind === 'unknown' ? observation.error.message : 'its state cannot be told';
    return { status: 'Unknown', reason: 'StatusUnknown', message: why };
  }
  if (action.kind === 'VerifyAbsent' && action.reason === 'InstanceLost') {
    return no('InstanceLost', 'its instance is gone; the provider is asked once more');
  }
  return open === undefined ? withoutLaunch(input) : withLaunch(input, open, sight.mine?.instance);
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

function withLaunch(
  { view, action }: StatusInput,
  launch: LaunchRecord,
  mine: Instance | undefined,
): Verdict {
  if (launch.state === 'pending') {
    return action.kind === 'Wait' && action.reason === 'LaunchInDoubt'
      ? no(
          'LaunchInDoubt',
          'a launch call was sent and its answer is not known; waiting until it is settled',
        )
      : no('LaunchPending', `attempt ${launch.attempt} is being launched`);
  }
  switch (mine?.state) {
    case 'running':
      return { status: 'True', reason: 'Running', message: 'the instance runs' };
    case 'stopped':
      return stopped(view.record.failures, mine);
    case undefined:
    case 'terminated':
      return no('InstanceLost', 'its instance is gone');
    default:
      return no('LaunchPending', `the instance is ${mine?.state ?? 'unknown'}`);
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
