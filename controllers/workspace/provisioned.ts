import type { Reason } from '../../api/conditions.ts';
import type { Instance } from '../../backends/backend.ts';
import type { LaunchRecord } from '../../store/launch-record.ts';
import type { Observation } from '../fleet.ts';
import type { Action } from './action.ts';
import { currentHold } from './class-hold.ts';
import { toFailureReason, type ConditionError } from './condition-error.ts';
import { describeExit, shownText } from './exit-message.ts';
import { currentFailures } from './failures.ts';
import { sightOf, type Sight } from './sight.ts';
import type { StatusInput, Verdict } from './status-input.ts';

/** Whether the instance exists and runs, with the reason of the step that really failed. */
export function provisionedOf(input: StatusInput): Verdict {
  const { view, error, action, observation } = input;
  const open = view.launches.find(({ state }) => state !== 'closed');
  if (error !== undefined) {
    return failed(error);
  }
  if (open === undefined) {
    return withoutLaunch(input);
  }
  if (open.state === 'pending') {
    return withoutBackend(observation) ?? heldOf(input) ?? pending(action);
  }
  const sight = sightOf(observation.instances, view.launches);
  return (
    withoutBackend(observation) ??
    blindness(observation, sight) ??
    withoutCredentials(input, open) ??
    withInstance(input, sight.mine?.instance)
  );
}

/** What runs without credentials is not provisioned: its agent could never be heard (lessons.md, P32). */
function withoutCredentials(
  { acceptance }: StatusInput,
  { hasCredentials }: LaunchRecord,
): Verdict | undefined {
  return acceptance.wanted?.registers === true && !hasCredentials
    ? no('LaunchPending', 'its credentials were lost; the next start brings new ones')
    : undefined;
}

/** Reasons after which nobody can say what is: the call may have taken effect, or this program is wrong. */
const UNKNOWING: ReadonlySet<Reason> = new Set<Reason>([
  'LaunchInDoubt',
  'StatusUnknown',
  'ReconcileFailed',
]);

function failed({ reason, message }: ConditionError): Verdict {
  return { status: UNKNOWING.has(reason) ? 'Unknown' : 'False', reason, message };
}

/** Nothing but a person helps: its instance can be neither seen nor ended from here. */
function withoutBackend(observation: Observation): Verdict | undefined {
  if (observation.kind === 'known' || observation.unconfigured === undefined) {
    return undefined;
  }
  const message = `backend "${observation.unconfigured}" of its last launch is not configured here; configure it again`;
  return { status: 'Unknown', reason: 'StatusUnknown', message };
}

/** The text of the failure stands in the log and at the backend, once, not on each of its workspaces. */
function blindness({ kind }: Observation, { hasUnknown }: Sight): Verdict | undefined {
  if (kind === 'known' && !hasUnknown) {
    return undefined;
  }
  const message = hasUnknown
    ? 'the state of its instance cannot be told'
    : 'its backend has not been listed since; nothing is concluded from older lists';
  return { status: 'Unknown', reason: 'StatusUnknown', message };
}

function withoutLaunch({ view, acceptance, action, observation }: StatusInput): Verdict {
  const isPaused = acceptance.lineage.effectiveState !== 'Running';
  if (isPaused || view.record.deletionRequestedAt !== undefined) {
    return no('Stopped', 'no instance is wanted');
  }
  const held = heldOf({ view, action });
  if (held !== undefined) {
    return held;
  }
  const { wanted } = acceptance;
  if (observation.kind === 'unknown' && wanted !== undefined) {
    // The text of the failure stands at the backend, once.
    const message = `nothing is launched before backend "${wanted.backend}" can be listed; treeline doctor tells more`;
    return no('LaunchPending', message);
  }
  const failures = currentFailures(view.record);
  return failures === undefined || OF_THE_AGENT.has(failures.lastReason)
    ? no('LaunchPending', 'it has no instance')
    : no(toFailureReason(failures.lastReason), failures.lastMessage);
}

/** The text stands in the status of the class, once. */
function heldOf({ view, action }: Pick<StatusInput, 'view' | 'action'>): Verdict | undefined {
  const [workspaceClass] = view.classes;
  const hold = workspaceClass && currentHold(workspaceClass);
  return hold === undefined || action.kind !== 'Wait' || action.reason !== 'ClassOnHold'
    ? undefined
    : no(hold.reason, `class "${workspaceClass?.name ?? ''}" is on hold; its status says why`);
}

/** Failures of the agent, not of the instance: other conditions tell of these. */
const OF_THE_AGENT: ReadonlySet<string> = new Set(['ProvisionTimeout', 'HeartbeatLost']);

function pending(action: Action): Verdict {
  return action.kind === 'Wait' && action.reason === 'LaunchInDoubt'
    ? no(
        'LaunchInDoubt',
        'a launch call was sent and its answer is not known; waiting until it is settled',
      )
    : no('LaunchPending', 'its instance is being launched');
}

function withInstance({ action, acceptance }: StatusInput, mine: Instance | undefined): Verdict {
  if (mine === undefined) {
    return action.kind === 'Wait' && action.reason === 'Settling'
      ? no('LaunchPending', 'its instance was launched and is not listed yet')
      : no('InstanceLost', 'its instance is gone');
  }
  switch (mine.state) {
    case 'running':
      return { status: 'True', reason: 'Running', message: 'the instance runs' };
    case 'stopped':
      return stopped(mine, acceptance);
    case 'terminated':
      return no('InstanceLost', 'its instance is gone');
    case 'stopping':
    case 'terminating':
      return no('Stopped', `the instance is ${mine.state}`);
    default:
      return no('LaunchPending', `the instance is ${mine.state}`);
  }
}

function stopped({ exit, configHash }: Instance, acceptance: StatusInput['acceptance']): Verdict {
  if (exit === undefined) {
    return no('Stopped', 'the instance is stopped; its state is kept');
  }
  const lastLine = shownText(exit.log, acceptance, configHash).trimEnd().split('\n').at(-1) ?? '';
  const said = lastLine === '' ? '' : `; last log line: ${lastLine}`;
  return no('CrashLoopBackOff', `${describeExit(exit)}${said}`);
}

function no(reason: Reason, message: string): Verdict {
  return { status: 'False', reason, message };
}
