import type { Instance as Ec2Instance } from '@aws-sdk/client-ec2';
import type { OwnerMarks } from '../../api/launch.ts';
import type { Instance, InstanceExit, InstanceState } from '../backend.ts';
import { readMarks } from './tags.ts';

const STATES: Readonly<Partial<Record<string, InstanceState>>> = {
  pending: 'pending',
  running: 'running',
  stopping: 'stopping',
  stopped: 'stopped',
  'shutting-down': 'terminating',
  terminated: 'terminated',
};

export interface ConversionOptions {
  readonly installationId: string;
  /** The marks of the launch call that this answers: tags may be seen later. */
  readonly launchedAs?: OwnerMarks;
}

/** What EC2 shows, as the instance that callers see. Pure. */
export function toInstance(
  seen: Ec2Instance,
  { installationId, launchedAs }: ConversionOptions,
): Instance {
  const { marks, isMarked, isProtected } = readMarks(seen, installationId);
  const state = stateOf(seen, isMarked || launchedAs !== undefined);
  const zone = seen.Placement?.AvailabilityZone;
  const exit = ENDED.has(state) ? exitOf(seen) : undefined;
  return {
    id: seen.InstanceId ?? '',
    state,
    marks: launchedAs ?? marks,
    launchedAt: launchedAt(seen),
    startedAt: startedAt(seen),
    ...(zone !== undefined && { zone }),
    ...(seen.ImageId !== undefined && { image: seen.ImageId }),
    ...(isProtected && { isProtected }),
    ...(exit !== undefined && { exit }),
  };
}

/**
 * One that does not carry our installation's tag was found by its id or launch token, and nothing may follow from it until its
 * tags are back. That it is gone can be told all the same: EC2 itself takes the tags of a terminated instance away.
 */
function stateOf({ State }: Ec2Instance, isMarked: boolean): InstanceState {
  const state = STATES[State?.Name ?? ''] ?? 'unknown';
  return isMarked || state === 'terminating' || state === 'terminated' ? state : 'unknown';
}

/** It moves with every start. */
function startedAt({ LaunchTime }: Ec2Instance): Date {
  return LaunchTime ?? new Date(0);
}

/** When its first network interface was attached, which comes with the launch and cannot be replaced; else its root volume. */
function launchedAt(seen: Ec2Instance): Date {
  const { NetworkInterfaces = [], BlockDeviceMappings = [], RootDeviceName } = seen;
  const first = NetworkInterfaces.find(({ Attachment }) => Attachment?.DeviceIndex === 0);
  const root = BlockDeviceMappings.find(({ DeviceName }) => DeviceName === RootDeviceName);
  return first?.Attachment?.AttachTime ?? root?.Ebs?.AttachTime ?? startedAt(seen);
}

const ENDED: ReadonlySet<InstanceState> = new Set(['stopped', 'terminated']);

/** Ends that somebody asked for: we, a person, or the provider ahead of maintenance. */
const ASKED: ReadonlySet<string> = new Set([
  'Client.UserInitiatedShutdown',
  'Client.UserInitiatedHibernate',
  'Server.ScheduledStop',
]);

/**
 * Any other end came by itself: the agent ended and the machine with it (`Client.InstanceInitiatedShutdown`), or it could not
 * be started, as where its volumes could not be made. When is in a text only, if at all; else it counts as of the start of the run that ended, which every look shows
 * alike.
 */
function exitOf(seen: Ec2Instance): InstanceExit | undefined {
  const { Code = '', Message } = seen.StateReason ?? {};
  if (Code === '' || ASKED.has(Code)) {
    return undefined;
  }
  const time = /\((.+) GMT\)/.exec(seen.StateTransitionReason ?? '')?.[1];
  const at = time === undefined ? startedAt(seen) : new Date(`${time.replace(' ', 'T')}Z`);
  return { at, log: Message ?? Code };
}
