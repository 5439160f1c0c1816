import type { Instance, Volume } from '@aws-sdk/client-ec2';
import { byTag } from './listing.ts';
import type { InputOf, Sender } from './requests.ts';
import { TAG } from './tags.ts';
import { tryLaunch, type NamedClass } from './try-launch.ts';
import { tryCall, type DryOperation, type Trial } from './trial.ts';

export interface PermissionOptions {
  /** None: nothing is known to be ours. */
  readonly installationId?: string;
  /** Those of this region. */
  readonly classes: readonly NamedClass[];
}

/** What the credentials may do, found out without doing it. */
export interface PermissionReport {
  /** The first call: whether anything gets through. */
  readonly contact: Trial;
  readonly tried: readonly { readonly what: string; readonly trial: Trial }[];
  readonly untried: readonly { readonly what: string; readonly why: string }[];
}

type Entry = readonly [what: string, trial: Trial];

const CHANGES = [
  'StopInstances',
  'StartInstances',
  'TerminateInstances',
  'ModifyInstanceAttribute',
  'GetConsoleOutput',
] as const;

/** Tries every permission of `manifests/aws/controller-policy.json` for which there is something to try it on. Changes nothing. */
export async function tryPermissions(
  sender: Sender,
  options: PermissionOptions,
): Promise<PermissionReport> {
  const contact = await tryCall(sender, 'DescribeInstances', {});
  if (['no-credentials', 'bad-credentials', 'unreachable'].includes(contact.result)) {
    return { contact, tried: [], untried: [] };
  }
  const launches = await Promise.all(
    options.classes.map(
      async (one) =>
        [
          `RunInstances with class ${one.name}`,
          await tryLaunch(sender, one, options.installationId),
        ] as const,
    ),
  );
  const instance = await findInstance(sender, options);
  const volume = await findVolume(sender, options);
  const entries: readonly Entry[] = [
    ['DescribeInstances', contact],
    ...(await tryReads(sender)),
    ...launches,
    ...(instance === undefined ? [] : await tryChanges(sender, instance)),
    ...(volume === undefined ? [] : await tryDeleteVolume(sender, volume)),
  ];
  return {
    contact,
    tried: entries.map(([what, trial]) => ({ what, trial })),
    untried: [
      ...(launches.length > 0 ? [] : [untried('RunInstances', 'no class of this region')]),
      ...(instance !== undefined ? [] : CHANGES.map((one) => untried(one, 'no instance of ours'))),
      ...(volume !== undefined ? [] : [untried('DeleteVolume', 'no volume of ours')]),
    ],
  };
}

function untried(what: string, missing: string) {
  return { what, why: `there is ${missing}` };
}

async function tryReads(sender: Sender): Promise<readonly Entry[]> {
  const reads = [
    'DescribeImages',
    'DescribeInstanceTypes',
    'DescribeSubnets',
    'DescribeVolumes',
  ] as const satisfies readonly DryOperation[];
  return await Promise.all(
    reads.map(async (one) => [one, await tryCall(sender, one, {})] as const),
  );
}

async function tryChanges(
  sender: Sender,
  { InstanceId = '', BlockDeviceMappings = [] }: Instance,
): Promise<readonly Entry[]> {
  const inputs: { readonly [O in (typeof CHANGES)[number]]: InputOf<O> } = {
    StopInstances: { InstanceIds: [InstanceId] },
    StartInstances: { InstanceIds: [InstanceId] },
    TerminateInstances: { InstanceIds: [InstanceId] },
    ModifyInstanceAttribute: {
      InstanceId,
      BlockDeviceMappings: BlockDeviceMappings.slice(0, 1).map(({ DeviceName }) => ({
        DeviceName,
        Ebs: { DeleteOnTermination: true },
      })),
    },
    GetConsoleOutput: { InstanceId },
  };
  return await Promise.all(
    CHANGES.map(async (one) => [one, await tryCall(sender, one, inputs[one])] as const),
  );
}

async function tryDeleteVolume(sender: Sender, { VolumeId }: Volume): Promise<readonly Entry[]> {
  return [['DeleteVolume', await tryCall(sender, 'DeleteVolume', { VolumeId })]];
}

/** Any one that has not ended; undefined when there is none, or it cannot be seen. */
async function findInstance(
  sender: Sender,
  { installationId }: PermissionOptions,
): Promise<Instance | undefined> {
  if (installationId === undefined) {
    return undefined;
  }
  const states = ['pending', 'running', 'stopping', 'stopped'];
  const Filters = [byTag(TAG.installation, [installationId]), byState(states)];
  const answer = await sender
    .send('DescribeInstances', { Filters, MaxResults: 5 })
    .catch(() => undefined);
  return answer?.Reservations?.flatMap(({ Instances = [] }) => Instances)[0];
}

function byState(states: readonly string[]) {
  return { Name: 'instance-state-name', Values: [...states] };
}

async function findVolume(
  sender: Sender,
  { installationId }: PermissionOptions,
): Promise<Volume | undefined> {
  if (installationId === undefined) {
    return undefined;
  }
  const Filters = [byTag(TAG.installation, [installationId])];
  const answer = await sender
    .send('DescribeVolumes', { Filters, MaxResults: 5 })
    .catch(() => undefined);
  return answer?.Volumes?.[0];
}
