import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { manyTags, runOne } from './client.ts';
import { startFake } from './world-under-test.ts';

describe('a launch', () => {
  it.each([
    ['no type of ours', { InstanceType: 'm9.tiny' as never }, 'InvalidParameterValue'],
    [
      'an architecture that is not the type’s',
      { ImageId: 'ami-0a11ce00000000002' },
      'InvalidParameterValue',
    ],
    ['no zone of ours', { Placement: { AvailabilityZone: 'moon' } }, 'InvalidParameterValue'],
    ['user data that is not base64', { UserData: '#!/bin/sh' }, 'InvalidUserData.Malformed'],
    [
      'user data of more than 16 KB',
      { UserData: Buffer.alloc(16_385).toString('base64') },
      'InvalidParameterValue',
    ],
    ['more at least than at most', { MinCount: 2, MaxCount: 1 }, 'InvalidParameterValue'],
    [
      'a subnet beside a network interface',
      { SubnetId: 'subnet-0a11ce00000000001', NetworkInterfaces: [{ DeviceIndex: 0 }] },
      'InvalidParameterCombination',
    ],
    ['an unknown key', { KeyName: 'nobody' }, 'InvalidKeyPair.NotFound'],
    ['an unknown profile', { IamInstanceProfile: { Name: 'nobody' } }, 'InvalidParameterValue'],
    [
      'a root volume that is smaller than its image',
      { BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 1 } }] },
      'InvalidBlockDeviceMapping',
    ],
    ['51 tags', { TagSpecifications: manyTags(51) }, 'TagLimitExceeded'],
    [
      'a reserved tag',
      { TagSpecifications: manyTags(1, 'aws:cloudformation:stack-name') },
      'InvalidParameterValue',
    ],
    [
      'a key that is too long',
      { TagSpecifications: manyTags(1, 'k'.repeat(129)) },
      'InvalidParameterValue',
    ],
  ])('is refused with %s', async (_what, parameters, name) => {
    const catalogue = { keyNames: ['operator'], instanceProfiles: ['agent'] };
    await using world = await startFake({ catalogue });

    const call = world.client.send(runOne(parameters));

    await expect(call).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
    expect(world.fake.instances()).toEqual([]);
  });

  it('may ask for everything at once', async () => {
    const catalogue = { keyNames: ['operator'], instanceProfiles: ['agent'] };
    await using world = await startFake({ catalogue });

    await world.client.send(
      runOne({
        KeyName: 'operator',
        IamInstanceProfile: { Arn: 'arn:aws:iam::123456789012:instance-profile/agent' },
        UserData: Buffer.from('#!/bin/sh').toString('base64'),
        MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 2 },
        NetworkInterfaces: [
          {
            DeviceIndex: 0,
            SubnetId: 'subnet-0a11ce00000000002',
            Groups: ['sg-0a11ce00000000001'],
            AssociatePublicIpAddress: true,
          },
        ],
        BlockDeviceMappings: [
          { DeviceName: '/dev/xvda', Ebs: { VolumeSize: 20, DeleteOnTermination: false } },
          { DeviceName: '/dev/sdf', Ebs: { VolumeSize: 50 } },
        ],
        TagSpecifications: manyTags(50),
      }),
    );

    const [made] = world.fake.instances();
    const { Reservations } = await world.client.send(new DescribeInstancesCommand({}));
    expect(made).toMatchObject({ zone: 'us-east-1b', userData: '#!/bin/sh' });
    expect(
      world.fake
        .volumes()
        .map(({ sizeGiB }) => sizeGiB)
        .toSorted(),
    ).toEqual([20, 50]);
    expect(world.fake.volumes().map((one) => one.deleteOnTermination)).toEqual([false, false]);
    expect(Reservations?.[0]?.Instances?.[0]).toMatchObject({
      KeyName: 'operator',
      IamInstanceProfile: { Arn: 'arn:aws:iam::123456789012:instance-profile/agent' },
      MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 2 },
      SecurityGroups: [{ GroupId: 'sg-0a11ce00000000001', GroupName: 'default' }],
    });
  });
});
