import type { EbsBlockDevice, RunInstancesCommandInput, _InstanceType } from '@aws-sdk/client-ec2';
import type { LaunchIntent } from '../../api/launch.ts';
import type { Ec2Details } from './parameters.ts';
import { toTags } from './tags.ts';

/**
 * The call that launches an intent: the same bytes on every replay, since EC2 compares them under one token. Instance and
 * volumes get their tags in it, so that none of them exists without. Pure.
 */
export function toRunInstances(
  { marks, token }: Pick<LaunchIntent, 'marks' | 'token'>,
  details: Ec2Details,
  userData: string,
): RunInstancesCommandInput {
  const { offering, image, instanceProfile, keyName } = details;
  const Tags = toTags(marks, details.tags);
  return {
    MinCount: 1,
    MaxCount: 1,
    ClientToken: token,
    ImageId: image.id,
    InstanceType: offering.instanceType as _InstanceType,
    SubnetId: offering.subnet.id,
    SecurityGroupIds: [...details.securityGroups],
    UserData: Buffer.from(userData).toString('base64'),
    BlockDeviceMappings: toVolumes(details),
    // A machine that powers itself off is kept, with its state.
    InstanceInitiatedShutdownBehavior: 'stop',
    MetadataOptions: {
      HttpTokens: 'required',
      HttpEndpoint: 'enabled',
      HttpPutResponseHopLimit: details.metadataHopLimit,
    },
    TagSpecifications: [
      { ResourceType: 'instance', Tags },
      { ResourceType: 'volume', Tags },
    ],
    ...(instanceProfile !== undefined && { IamInstanceProfile: { Name: instanceProfile } }),
    ...(keyName !== undefined && { KeyName: keyName }),
  };
}

/** Every volume of the image goes with its instance, whatever the image says; the class shapes the root volume. */
function toVolumes({ image, rootVolume }: Ec2Details) {
  const { sizeGiB, type = 'gp3', iops, throughputMiBps, encrypted = true } = rootVolume;
  const root: EbsBlockDevice = {
    VolumeType: type,
    Encrypted: encrypted,
    ...(sizeGiB !== undefined && { VolumeSize: sizeGiB }),
    ...(iops !== undefined && { Iops: iops }),
    ...(throughputMiBps !== undefined && { Throughput: throughputMiBps }),
  };
  return image.devices.map((DeviceName) => ({
    DeviceName,
    Ebs: { DeleteOnTermination: true, ...(DeviceName === image.rootDevice && root) },
  }));
}
