import type { InstanceType } from './catalogue.ts';
import type { Lagging } from './lagging.ts';

/** EC2's codes of its instance states (API Reference, "InstanceState"). */
export const STATE_CODES = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
} as const;

export type InstanceStateName = keyof typeof STATE_CODES;

export type Tags = Readonly<Record<string, string>>;

/** A volume that a launch asks for, the image's root volume included. */
export interface BlockDevice {
  readonly deviceName: string;
  readonly sizeGiB: number;
  readonly volumeType: string;
  readonly deleteOnTermination: boolean;
}

export interface MetadataOptions {
  readonly httpTokens: string;
  readonly httpPutResponseHopLimit: number;
  readonly httpEndpoint: string;
}

/** What a launch asks for, with every default filled in. */
export interface LaunchParameters {
  readonly imageId: string;
  readonly instanceType: string;
  /** As asked for: undefined when EC2 may choose. */
  readonly zone: string | undefined;
  readonly subnetId: string | undefined;
  readonly securityGroupIds: readonly string[];
  readonly keyName: string | undefined;
  /** Name or ARN. */
  readonly instanceProfile: string | undefined;
  /** As sent: base64. */
  readonly userData: string;
  readonly metadataOptions: MetadataOptions;
  readonly blockDevices: readonly BlockDevice[];
  readonly instanceTags: Tags;
  readonly volumeTags: Tags;
  readonly isProtected: boolean;
}

/** One instance, from its launch until it is forgotten. Times in milliseconds. */
export interface Ec2Instance {
  readonly id: string;
  /** Counts launches. */
  readonly sequence: number;
  readonly reservationId: string;
  readonly launchIndex: number;
  /** '' when the launch had none. */
  readonly token: string;
  /** Where the token counts: see `ClientTokens`. Undefined without one. */
  readonly tokenScope: string | undefined;
  /** The access key that launched it. */
  readonly launchedBy: string;
  readonly launchedAt: number;
  readonly parameters: LaunchParameters;
  readonly type: InstanceType;
  readonly zone: string;
  readonly subnetId: string;
  readonly privateIp: string;
  readonly tags: Lagging<Tags>;
  /** Attached to it; [] once it is terminated. */
  volumes: readonly Ec2Volume[];
  state: InstanceStateName;
  /** Reset by a start. */
  launchTime: number;
  isProtected: boolean;
  /** EC2's text of who changed the state and when; '' for none. */
  reason: string;
  stateReason: { readonly code: string; readonly message: string } | undefined;
  consoleOutput: string;
  /** Counts changes of what a describe shows besides state, tags and the list of volumes. */
  revision: number;
  /** Counts changes of state: a change that was planned before the last one does not happen any more. */
  changes: number;
}

export interface Ec2Volume {
  readonly id: string;
  readonly zone: string;
  readonly createdAt: number;
  readonly sizeGiB: number;
  readonly volumeType: string;
  readonly tags: Lagging<Tags>;
  attachment: Attachment | undefined;
}

export interface Attachment {
  readonly instanceId: string;
  readonly deviceName: string;
  readonly attachedAt: number;
  deleteOnTermination: boolean;
}

/** Those that cost something or could again: everything but what is terminated or on the way there. */
export function isLive({ state }: Pick<Ec2Instance, 'state'>): boolean {
  return state !== 'terminated' && state !== 'shutting-down';
}

/** Those that take capacity of their zone and vCPUs of the quota. */
export function takesRoom({ state }: Pick<Ec2Instance, 'state'>): boolean {
  return state === 'pending' || state === 'running';
}
