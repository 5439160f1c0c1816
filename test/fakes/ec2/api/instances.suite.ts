import {
  DescribeInstancesCommand,
  DescribeInstanceStatusCommand,
  DescribeSubnetsCommand,
  GetConsoleOutputCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  paginateDescribeInstances,
  type Instance,
} from '@aws-sdk/client-ec2';
import { beforeAll, expect, it } from '@jest/globals';
import { idsOf, Session } from './session.ts';

const UNKNOWN = 'i-00000000000000000';
const TAGS = [{ Key: 'team', Value: 'blue & <green>' }];

/** What every implementation of the EC2 API does with instances. Other tests may have left some. */
export function itKeepsInstances(url: () => string): void {
  let session: Session;
  beforeAll(async () => {
    session = await Session.open(url());
  });

  it('launches what was asked for, and shows it', async () => {
    const { Subnets = [] } = await session.client.send(new DescribeSubnetsCommand({}));
    const [subnet] = Subnets;
    const [made] = await session.run({
      ClientToken: 'token',
      SubnetId: subnet?.SubnetId,
      TagSpecifications: [{ ResourceType: 'instance', Tags: TAGS }],
      MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
    });

    const [seen] = await session.find({ Name: 'instance-id', Values: [made?.InstanceId ?? ''] });

    expect(made).toMatchObject({ State: { Code: 0, Name: 'pending' } });
    expect(seen).toMatchObject({
      InstanceId: made?.InstanceId,
      State: { Code: 16, Name: 'running' },
      ImageId: session.imageId,
      InstanceType: 't3.micro',
      SubnetId: subnet?.SubnetId,
      VpcId: subnet?.VpcId,
      Placement: { AvailabilityZone: subnet?.AvailabilityZone },
      ClientToken: 'token',
      Tags: TAGS,
      LaunchTime: expect.any(Date),
      BlockDeviceMappings: [{ Ebs: { Status: expect.any(String), DeleteOnTermination: true } }],
    });
  });

  it('finds by tag, by key of a tag and by state, and shows everything for empty filters', async () => {
    const [first] = await session.run({ TagSpecifications: tagged('find', 'a first') });
    const [other] = await session.run({ TagSpecifications: tagged('find', 'another') });
    await session.client.send(new StopInstancesCommand({ InstanceIds: idsOf([other]) }));

    const found = [
      await session.find({ Name: 'tag:find', Values: ['a f*', 'nothing'] }),
      await session.find({ Name: 'tag:find', Values: ['first'] }),
      await session.find(
        { Name: 'tag-key', Values: ['find'] },
        { Name: 'instance-state-name', Values: ['stopped'] },
      ),
    ];
    const all = await session.client.send(
      new DescribeInstancesCommand({ InstanceIds: [], Filters: [] }),
    );

    const allIds = idsOf((all.Reservations ?? []).flatMap(({ Instances = [] }) => Instances));
    expect(found.map(idsOf)).toEqual([idsOf([first]), [], idsOf([other])]);
    expect(allIds).toEqual(expect.arrayContaining(idsOf([first, other])));
  });

  it('answers in pages, each instance once', async () => {
    const made: (Instance | undefined)[] = [];
    for (let count = 0; count < 12; count += 1) {
      made.push(...(await session.run({ TagSpecifications: tagged('page', '') })));
    }
    const query = { Filters: [{ Name: 'tag-key', Values: ['page'] }] };

    const sizes: number[] = [];
    const seen: Instance[] = [];
    const config = { client: session.client, pageSize: 5 };
    for await (const page of paginateDescribeInstances(config, query)) {
      const instances = (page.Reservations ?? []).flatMap(({ Instances = [] }) => Instances);
      sizes.push(instances.length);
      seen.push(...instances);
    }

    expect(sizes).toEqual([5, 5, 2]);
    expect(idsOf(seen).sort()).toEqual(idsOf(made).sort());
  });

  it('stops and starts the same instance', async () => {
    const InstanceIds = idsOf(await session.run());

    const stopped = await session.client.send(
      new StopInstancesCommand({ InstanceIds, Force: true }),
    );
    const [seenStopped] = await session.find({ Name: 'instance-id', Values: InstanceIds });
    const started = await session.client.send(new StartInstancesCommand({ InstanceIds }));
    const [seenStarted] = await session.find({ Name: 'instance-id', Values: InstanceIds });

    expect(stopped.StoppingInstances).toMatchObject([
      { PreviousState: { Name: 'running' }, CurrentState: { Name: 'stopping' } },
    ]);
    expect(started.StartingInstances).toMatchObject([
      { PreviousState: { Name: 'stopped' }, CurrentState: { Name: 'pending' } },
    ]);
    expect([seenStopped?.State?.Name, seenStarted?.State?.Name]).toEqual(['stopped', 'running']);
  });

  it('terminates, shows what is terminated, and does it again without an error', async () => {
    const InstanceIds = idsOf(await session.run());

    const first = await session.client.send(new TerminateInstancesCommand({ InstanceIds }));
    const [seen] = await session.find({ Name: 'instance-id', Values: InstanceIds });
    const again = await session.client.send(new TerminateInstancesCommand({ InstanceIds }));

    expect(first.TerminatingInstances).toMatchObject([{ CurrentState: { Name: 'shutting-down' } }]);
    expect(seen).toMatchObject({ State: { Code: 48, Name: 'terminated' } });
    expect(again.TerminatingInstances).toHaveLength(1);
  });

  it('terminates none when one id is bad', async () => {
    const ids = idsOf(await session.run());

    const call = session.client.send(
      new TerminateInstancesCommand({ InstanceIds: [...ids, UNKNOWN] }),
    );

    await expect(call).rejects.toMatchObject({ name: 'InvalidInstanceID.NotFound' });
    const [seen] = await session.find({ Name: 'instance-id', Values: ids });
    expect(seen?.State?.Name).toBe('running');
  });

  it('shows the status of what runs, or of all', async () => {
    const [first, second] = [...(await session.run()), ...(await session.run())];
    await session.client.send(new StopInstancesCommand({ InstanceIds: idsOf([second]) }));

    const InstanceIds = idsOf([first, second]);

    const running = await session.client.send(new DescribeInstanceStatusCommand({ InstanceIds }));
    const all = await session.client.send(
      new DescribeInstanceStatusCommand({ InstanceIds, IncludeAllInstances: true }),
    );

    expect(running.InstanceStatuses).toMatchObject([
      { InstanceId: first?.InstanceId, InstanceStatus: { Status: 'ok' } },
    ]);
    expect(all.InstanceStatuses).toHaveLength(2);
  });

  it('answers the console in base64', async () => {
    const [InstanceId = ''] = idsOf(await session.run());

    const answer = await session.client.send(new GetConsoleOutputCommand({ InstanceId }));

    expect(answer).toMatchObject({ InstanceId, Timestamp: expect.any(Date) });
  });

  it.each<[string, Call]>([
    ['RunInstances', ({ session }) => session.run({ DryRun: true })],
    [
      'TerminateInstances',
      ({ session, ids }) =>
        session.client.send(new TerminateInstancesCommand({ InstanceIds: ids, DryRun: true })),
    ],
    [
      'StopInstances',
      ({ session, ids }) =>
        session.client.send(new StopInstancesCommand({ InstanceIds: ids, DryRun: true })),
    ],
  ])('does nothing in a dry run of %s', async (_action, call) => {
    const ids = idsOf(await session.run());
    const before = await session.find();

    await expect(call({ session, ids })).rejects.toMatchObject({
      name: 'DryRunOperation',
      $metadata: { httpStatusCode: 412 },
    });

    const after = await session.find();
    expect(after.map(({ State }) => State)).toEqual(before.map(({ State }) => State));
  });

  it.each([
    ['InvalidAMIID.NotFound', { ImageId: 'ami-00000000000000000' }],
    ['InvalidSubnetID.NotFound', { SubnetId: 'subnet-00000000000000000' }],
    ['InvalidGroup.NotFound', { SecurityGroupIds: ['sg-00000000000000000'] }],
  ])('says %s when a launch names one that does not exist', async (name, parameters) => {
    const call = session.run({ ...parameters, TagSpecifications: tagged('refused', name) });

    await expect(call).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
    expect(await session.find({ Name: 'tag:refused', Values: [name] })).toEqual([]);
  });

  it.each<[string, Call]>([
    [
      'DescribeInstances',
      ({ session, ids }) => session.client.send(new DescribeInstancesCommand({ InstanceIds: ids })),
    ],
    [
      'StopInstances',
      ({ session, ids }) => session.client.send(new StopInstancesCommand({ InstanceIds: ids })),
    ],
    [
      'StartInstances',
      ({ session, ids }) => session.client.send(new StartInstancesCommand({ InstanceIds: ids })),
    ],
    [
      'GetConsoleOutput',
      ({ session, ids: [InstanceId] }) =>
        session.client.send(new GetConsoleOutputCommand({ InstanceId })),
    ],
  ])('says in %s that an id does not exist', async (_action, call) => {
    await expect(call({ session, ids: [UNKNOWN] })).rejects.toMatchObject({
      name: 'InvalidInstanceID.NotFound',
      $metadata: { httpStatusCode: 400 },
    });
  });
}

type Call = (given: { session: Session; ids: string[] }) => Promise<unknown>;

function tagged(Key: string, Value: string) {
  return [{ ResourceType: 'instance' as const, Tags: [{ Key, Value }] }];
}
