import { Ec2Error } from '../wire/ec2-error.ts';
import type { Ec2Instance, Ec2Volume } from './instance.ts';
import { Lagging } from './lagging.ts';
import { createId, type World } from './world.ts';

/** Creates and attaches what the launch asked for; the first is the root volume. */
export function attachVolumes(world: World, instance: Ec2Instance): void {
  const now = world.timeline.now();
  instance.volumes = instance.parameters.blockDevices.map((device) => ({
    id: createId(world, 'vol'),
    zone: instance.zone,
    createdAt: now,
    sizeGiB: device.sizeGiB,
    volumeType: device.volumeType,
    tags: new Lagging(instance.parameters.volumeTags, now, {}),
    attachment: {
      instanceId: instance.id,
      deviceName: device.deviceName,
      attachedAt: now,
      deleteOnTermination: device.deleteOnTermination,
    },
  }));
  for (const volume of instance.volumes) {
    world.volumes.add(volume);
  }
}

/** What a termination does: deletes those that are to be deleted with it, and sets the others free. */
export function releaseVolumes({ volumes }: World, instance: Ec2Instance): void {
  for (const volume of instance.volumes) {
    if (volume.attachment?.deleteOnTermination === true) {
      volumes.delete(volume.id);
    }
    volume.attachment = undefined;
  }
  instance.volumes = [];
}

/** Throws `VolumeInUse` while it is attached. */
export function deleteVolume({ volumes }: World, { id, attachment }: Ec2Volume): void {
  if (attachment !== undefined) {
    throw new Ec2Error(
      'VolumeInUse',
      `Volume ${id} is currently attached to ${attachment.instanceId}`,
    );
  }
  volumes.delete(id);
}
