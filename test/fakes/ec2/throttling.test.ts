import {
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeInstancesCommand,
  DescribeSubnetsCommand,
  GetConsoleOutputCommand,
  ModifyInstanceAttributeCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { idsOf, runOne } from './client.ts';
import { startFake, type FakeUnderTest } from './world-under-test.ts';

type Send = (client: EC2Client, id: string) => Promise<unknown>;

const Tags = [{ Key: 'a', Value: 'b' }];

/** ec2.md, "Request buckets": what may come at once. */
const BURSTS: readonly (readonly [action: string, burst: number, send: Send])[] = [
  ['RunInstances', 5, (client) => client.send(runOne({ DryRun: true }))],
  [
    'StartInstances',
    5,
    (client, id) => client.send(new StartInstancesCommand({ InstanceIds: [id], DryRun: true })),
  ],
  [
    'StopInstances',
    50,
    (client, id) => client.send(new StopInstancesCommand({ InstanceIds: [id], DryRun: true })),
  ],
  [
    'ModifyInstanceAttribute',
    50,
    (client, InstanceId) =>
      client.send(
        new ModifyInstanceAttributeCommand({
          InstanceId,
          DisableApiTermination: { Value: false },
        }),
      ),
  ],
  [
    'TerminateInstances',
    100,
    (client, id) => client.send(new TerminateInstancesCommand({ InstanceIds: [id], DryRun: true })),
  ],
  [
    'CreateTags',
    100,
    (client, id) => client.send(new CreateTagsCommand({ Resources: [id], Tags })),
  ],
  [
    'GetConsoleOutput',
    100,
    (client, InstanceId) => client.send(new GetConsoleOutputCommand({ InstanceId })),
  ],
  [
    'DescribeInstances of all',
    50,
    (client) => client.send(new DescribeInstancesCommand({ InstanceIds: [] })),
  ],
  [
    'DescribeInstances by ids',
    50,
    (client, id) => client.send(new DescribeInstancesCommand({ InstanceIds: [id] })),
  ],
  [
    'DescribeInstances in pages',
    100,
    (client) => client.send(new DescribeInstancesCommand({ MaxResults: 5 })),
  ],
  [
    'DescribeInstances by filter',
    100,
    (client) =>
      client.send(new DescribeInstancesCommand({ Filters: [{ Name: 'tag-key', Values: ['a'] }] })),
  ],
  ['DescribeSubnets of all', 100, (client) => client.send(new DescribeSubnetsCommand({}))],
];

describe('a request bucket', () => {
  it.each(BURSTS)('lets %s come %d times at once', async (_action, burst, send) => {
    await using world = await startFakeWithOne();

    const codes = await sendMany(burst + 3, () => send(world.client, world.id));

    expect(codes.filter((code) => code === 'RequestLimitExceeded')).toHaveLength(3);
  });

  it('is refilled by what its table says, to the millisecond', async () => {
    await using world = await startFake();
    const send = () => world.client.send(runOne({ DryRun: true }));
    await sendMany(5, send);

    world.clock.jump(499);
    const early = await sendMany(1, send);
    world.clock.jump(1);
    const due = await sendMany(2, send);
    world.clock.jump(3_600_000);
    const full = await sendMany(6, send);

    expect(early).toEqual(['RequestLimitExceeded']);
    expect(due).toEqual(['DryRunOperation', 'RequestLimitExceeded']);
    expect(full.filter((code) => code === 'RequestLimitExceeded')).toHaveLength(1);
  });

  it('is shared by the actions of its row, and by every caller', async () => {
    await using world = await startFakeWithOne();
    const Resources = [world.id];
    await sendMany(60, () => world.client.send(new CreateTagsCommand({ Resources, Tags })));

    const codes = await sendMany(60, () =>
      world.client.send(new DeleteTagsCommand({ Resources, Tags })),
    );

    expect(codes.filter((code) => code === 'RequestLimitExceeded')).toHaveLength(20);
  });

  it('leaves the rest when a neighbour takes a share, of the burst and of what comes back', async () => {
    await using world = await startFake({ neighbourShare: 0.5 });
    const send = () =>
      world.client.send(new DescribeInstancesCommand({ MaxResults: 5, DryRun: true }));

    const burst = await sendMany(60, send);
    world.clock.jump(1000);
    const second = await sendMany(20, send);

    expect(burst.filter((code) => code === 'RequestLimitExceeded')).toHaveLength(10);
    expect(second.filter((code) => code === 'RequestLimitExceeded')).toHaveLength(10);
  });

  it('refuses nothing when throttling is off', async () => {
    await using world = await startFake({ throttling: false });

    const codes = await sendMany(20, () => world.client.send(runOne()));

    expect(new Set(codes)).toEqual(new Set(['Success']));
  });
});

describe('a resource bucket', () => {
  it('has a token for each instance of a launch: 1,000 at once, 2 more a second', async () => {
    await using world = await startFake();
    const launch = (count: number) => world.client.send(runOne({ MinCount: 1, MaxCount: count }));

    const codes = [
      ...(await sendMany(1, () => launch(996))),
      ...(await sendMany(1, () => launch(5))),
    ];
    world.clock.jump(500);
    codes.push(...(await sendMany(1, () => launch(5))));

    expect(codes).toEqual(['Success', 'RequestLimitExceeded', 'Success']);
    expect(world.fake.instances()).toHaveLength(1001);
  });

  it('is drawn on by each action that names instances, and comes back at its own pace', async () => {
    await using world = await startFake({ throttling: false });
    const InstanceIds = idsOf(await world.client.send(runOne({ MaxCount: 40 })));
    world.fake.configure({ throttling: true });
    await world.client.send(new StopInstancesCommand({ InstanceIds }));
    await world.client.send(new StartInstancesCommand({ InstanceIds }));
    await world.client.send(new TerminateInstancesCommand({ InstanceIds }));

    const before = world.fake.bucketLevels().resource;
    world.clock.jump(1000);
    const after = world.fake.bucketLevels().resource;

    expect(before).toMatchObject({
      StopInstances: 960,
      StartInstances: 960,
      TerminateInstances: 960,
    });
    expect(after).toMatchObject({
      StopInstances: 980,
      StartInstances: 962,
      TerminateInstances: 980,
    });
  });

  it('is not drawn on by a call that is repeated with its token', async () => {
    await using world = await startFake();
    const launch = runOne({ ClientToken: 'token', MinCount: 10, MaxCount: 10 });

    const codes = await sendMany(3, () => world.client.send(launch));

    expect(codes).toEqual(['Success', 'Success', 'Success']);
    expect(world.fake.bucketLevels().resource).toMatchObject({ RunInstances: 990 });
  });
});

async function startFakeWithOne(): Promise<FakeUnderTest & { readonly id: string }> {
  const world = await startFake({ throttling: false });
  const [id = ''] = idsOf(await world.client.send(runOne()));
  world.fake.configure({ throttling: true });
  return { ...world, id };
}

/** The codes of that many calls, one after the other. */
async function sendMany(count: number, send: () => Promise<unknown>): Promise<readonly string[]> {
  const codes: string[] = [];
  for (let sent = 0; sent < count; sent += 1) {
    codes.push(
      await send().then(
        () => 'Success',
        (error: unknown) => (error as Error).name,
      ),
    );
  }
  return codes;
}
