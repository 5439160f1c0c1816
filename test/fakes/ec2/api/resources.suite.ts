import {
  CreateTagsCommand,
  DeleteTagsCommand,
  DeleteVolumeCommand,
  DescribeAvailabilityZonesCommand,
  DescribeImagesCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  DescribeVolumesCommand,
  ModifyInstanceAttributeCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { beforeAll, expect, it } from '@jest/globals';
import { idsOf, Session } from './session.ts';

const TAGS = [{ Key: 'team', Value: 'blue & <green>' }];

/** What every implementation of the EC2 API does with volumes and tags, and knows of its Region. */
export function itKeepsResources(url: () => string): void {
  let session: Session;
  beforeAll(async () => {
    session = await Session.open(url());
  });

  it('deletes a root volume with its instance, and tags volumes at the launch', async () => {
    const ids = idsOf(
      await session.run({ TagSpecifications: [{ ResourceType: 'volume', Tags: TAGS }] }),
    );

    const before = await session.volumesOf(ids);
    await session.client.send(new TerminateInstancesCommand({ InstanceIds: ids }));
    const after = await session.volumesOf(ids);

    expect(before).toMatchObject([
      { State: 'in-use', Tags: TAGS, Attachments: [{ InstanceId: ids[0] }] },
    ]);
    expect(after).toEqual([]);
  });

  it('keeps a volume that is not to be deleted, which can be deleted once it is free', async () => {
    const [made] = await session.run();
    const [mapping] = made?.BlockDeviceMappings ?? [];
    const [InstanceId = ''] = idsOf([made]);
    const [{ VolumeId } = {}] = await session.volumesOf([InstanceId]);
    await session.client.send(
      new ModifyInstanceAttributeCommand({
        InstanceId,
        BlockDeviceMappings: [
          { DeviceName: mapping?.DeviceName, Ebs: { DeleteOnTermination: false } },
        ],
      }),
    );

    const tooEarly = session.client.send(new DeleteVolumeCommand({ VolumeId }));
    await expect(tooEarly).rejects.toMatchObject({ name: 'VolumeInUse' });
    await session.client.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
    const free = await session.client.send(
      new DescribeVolumesCommand({ VolumeIds: [VolumeId ?? ''] }),
    );
    await session.client.send(new DeleteVolumeCommand({ VolumeId }));
    const gone = session.client.send(new DeleteVolumeCommand({ VolumeId }));

    expect(free.Volumes).toMatchObject([{ State: 'available', Attachments: [] }]);
    await expect(gone).rejects.toMatchObject({ name: 'InvalidVolume.NotFound' });
  });

  it('adds, lists and removes tags', async () => {
    const Resources = idsOf(await session.run());
    const Tags = [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '2' },
      { Key: 'c', Value: '' },
    ];
    await session.client.send(new CreateTagsCommand({ Resources, Tags }));

    await session.client.send(
      new DeleteTagsCommand({ Resources, Tags: [{ Key: 'a' }, { Key: 'b', Value: 'other' }] }),
    );

    const listed = await session.client.send(
      new DescribeTagsCommand({ Filters: [{ Name: 'resource-id', Values: Resources }] }),
    );
    const left = (listed.Tags ?? []).map(({ Key, Value, ResourceType }) => [
      Key,
      Value,
      ResourceType,
    ]);
    expect(left.sort()).toEqual([
      ['b', '2', 'instance'],
      ['c', '', 'instance'],
    ]);
  });

  it('knows images, subnets, groups, zones and types', async () => {
    const images = await session.client.send(
      new DescribeImagesCommand({ ImageIds: [session.imageId] }),
    );
    const { AvailabilityZones: zones = [] } = await session.client.send(
      new DescribeAvailabilityZonesCommand({}),
    );
    const [{ ZoneName: zone = '' } = {}] = zones;
    const subnets = await session.client.send(
      new DescribeSubnetsCommand({ Filters: [{ Name: 'availability-zone', Values: [zone] }] }),
    );
    const groups = await session.client.send(
      new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-name', Values: ['default'] }] }),
    );
    const types = await session.client.send(
      new DescribeInstanceTypesCommand({ InstanceTypes: ['m5.xlarge'] }),
    );
    const offerings = await session.client.send(
      new DescribeInstanceTypeOfferingsCommand({
        LocationType: 'availability-zone',
        Filters: [
          { Name: 'location', Values: [zone] },
          { Name: 'instance-type', Values: ['m5.xlarge'] },
        ],
      }),
    );

    expect(images.Images).toMatchObject([{ ImageId: session.imageId, Architecture: 'x86_64' }]);
    expect(zones.length).toBeGreaterThan(1);
    expect(subnets.Subnets).toMatchObject([{ AvailabilityZone: zone, DefaultForAz: true }]);
    expect(groups.SecurityGroups).toMatchObject([{ GroupName: 'default' }]);
    expect(types.InstanceTypes).toMatchObject([
      {
        InstanceType: 'm5.xlarge',
        VCpuInfo: { DefaultVCpus: 4 },
        MemoryInfo: { SizeInMiB: 16_384 },
        ProcessorInfo: { SupportedArchitectures: ['x86_64'] },
      },
    ]);
    expect(offerings.InstanceTypeOfferings).toEqual([
      { InstanceType: 'm5.xlarge', LocationType: 'availability-zone', Location: zone },
    ]);
  });

  it('answers an SSM parameter that names an image', async () => {
    const Name = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64';

    const found = await session.ssm.send(new GetParameterCommand({ Name }));
    const unknown = session.ssm.send(new GetParameterCommand({ Name: '/nothing' }));

    expect(found.Parameter).toMatchObject({ Name, Value: expect.stringMatching(/^ami-/) });
    await expect(unknown).rejects.toMatchObject({ name: 'ParameterNotFound' });
  });
}
