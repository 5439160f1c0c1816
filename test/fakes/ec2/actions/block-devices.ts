import type { Image } from '../model/catalogue.ts';
import type { BlockDevice } from '../model/instance.ts';
import { Ec2Error, missingParameter } from '../wire/ec2-error.ts';
import type { Query } from '../wire/query.ts';

/** The image's root volume as it is or as the launch changes it, and what the launch adds. */
export function parseBlockDevices(query: Query, image: Image): readonly BlockDevice[] {
  const given = query.groups('BlockDeviceMapping').map((group) => parseBlockDevice(group, image));
  const root = given.find(({ deviceName }) => deviceName === image.rootDeviceName);
  const others = given.filter((one) => one !== root);
  return [root ?? rootDevice(image), ...others];
}

function parseBlockDevice(group: Query, image: Image): BlockDevice {
  const deviceName = group.required('DeviceName');
  const isRoot = deviceName === image.rootDeviceName;
  const sizeGiB = group.integer('Ebs.VolumeSize') ?? (isRoot ? image.rootSizeGiB : undefined);
  if (sizeGiB === undefined) {
    throw missingParameter('BlockDeviceMapping.Ebs.VolumeSize');
  }
  if (isRoot && sizeGiB < image.rootSizeGiB) {
    throw new Ec2Error(
      'InvalidBlockDeviceMapping',
      `Volume of size ${sizeGiB}GB is smaller than snapshot of ${image.id}, expect size >= ${image.rootSizeGiB}GB`,
    );
  }
  return {
    deviceName,
    sizeGiB,
    volumeType: group.text('Ebs.VolumeType') ?? 'gp3',
    deleteOnTermination: group.flag('Ebs.DeleteOnTermination') ?? isRoot,
  };
}

function rootDevice({ rootDeviceName, rootSizeGiB }: Image): BlockDevice {
  return {
    deviceName: rootDeviceName,
    sizeGiB: rootSizeGiB,
    volumeType: 'gp3',
    deleteOnTermination: true,
  };
}
