import type { Ec2Instance, Ec2Volume, InstanceStateName, Tags } from './model/instance.ts';

/** An instance as it is, whatever a describe shows of it. */
export interface InstanceSnapshot {
  readonly id: string;
  readonly state: InstanceStateName;
  readonly tags: Tags;
  /** '' when the launch had none. */
  readonly token: string;
  readonly launchedAt: Date;
  readonly launchedBy: string;
  readonly instanceType: string;
  readonly zone: string;
  readonly subnetId: string;
  /** Decoded. */
  readonly userData: string;
  readonly isProtected: boolean;
  readonly volumes: readonly string[];
}

export interface VolumeSnapshot {
  readonly id: string;
  readonly tags: Tags;
  /** Undefined when it is attached to nothing. */
  readonly instanceId: string | undefined;
  readonly sizeGiB: number;
  readonly deleteOnTermination: boolean | undefined;
}

export function toSnapshot(instance: Ec2Instance): InstanceSnapshot {
  const { id, state, token, launchedBy, zone, subnetId, isProtected } = instance;
  return {
    id,
    state,
    tags: instance.tags.current,
    token,
    launchedAt: new Date(instance.launchedAt),
    launchedBy,
    instanceType: instance.parameters.instanceType,
    zone,
    subnetId,
    userData: Buffer.from(instance.parameters.userData, 'base64').toString(),
    isProtected,
    volumes: instance.volumes.map((volume) => volume.id),
  };
}

export function toVolumeSnapshot({ id, tags, attachment, sizeGiB }: Ec2Volume): VolumeSnapshot {
  return {
    id,
    tags: tags.current,
    instanceId: attachment?.instanceId,
    sizeGiB,
    deleteOnTermination: attachment?.deleteOnTermination,
  };
}
