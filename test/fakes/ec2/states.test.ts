import {
  DescribeInstancesCommand,
  ModifyInstanceAttributeCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { idsOf, runOne } from './client.ts';
import { startFake, type FakeUnderTest } from './world-under-test.ts';

const slow = { pendingSeconds: 10, stoppingSeconds: 20, shuttingDownSeconds: 30 };

describe('the state of an instance', () => {
  it('passes by itself, at its time', async () => {
    await using world = await startFake(slow);
    const InstanceIds = idsOf(await world.client.send(runOne()));
    const states = [];

    for (const seconds of [9, 1]) {
      world.clock.jump(seconds * 1000);
      states.push(stateOf(world));
    }
    await world.client.send(new StopInstancesCommand({ InstanceIds }));
    for (const seconds of [19, 1]) {
      world.clock.jump(seconds * 1000);
      states.push(stateOf(world));
    }
    await world.client.send(new TerminateInstancesCommand({ InstanceIds }));
    for (const seconds of [29, 1]) {
      world.clock.jump(seconds * 1000);
      states.push(stateOf(world));
    }

    expect(states).toEqual([
      'pending',
      'running',
      'stopping',
      'stopped',
      'shutting-down',
      'terminated',
    ]);
  });

  it('is not changed by what was planned before a terminate', async () => {
    await using world = await startFake(slow);
    const InstanceIds = idsOf(await world.client.send(runOne()));
    await world.client.send(new TerminateInstancesCommand({ InstanceIds }));

    world.clock.jump(10_000);

    expect(stateOf(world)).toBe('shutting-down');
  });

  it.each<[string, Change[], Change]>([
    ['stopped while it is pending', [], stop],
    ['started while it is stopping', [run, stop], start],
    ['started once it is terminated', [run, terminate], start],
    ['stopped once it is terminated', [run, terminate], stop],
  ])('does not let it be %s', async (_what, before, change) => {
    await using world = await startFake(slow);
    const ids = idsOf(await world.client.send(runOne()));
    for (const earlier of before) {
      await earlier(world, ids);
    }

    await expect(change(world, ids)).rejects.toMatchObject({ name: 'IncorrectInstanceState' });
  });

  it('is shown for an hour after the end, without network and volumes', async () => {
    await using world = await startFake();
    const InstanceIds = idsOf(await world.client.send(runOne()));
    await world.client.send(new TerminateInstancesCommand({ InstanceIds }));

    world.clock.jump(3_599_999);
    const seen = await world.client.send(new DescribeInstancesCommand({ InstanceIds }));
    world.clock.jump(1);
    const gone = world.client.send(new DescribeInstancesCommand({ InstanceIds }));

    expect(seen.Reservations?.[0]?.Instances).toMatchObject([
      { State: { Name: 'terminated' }, BlockDeviceMappings: [] },
    ]);
    expect(seen.Reservations?.[0]?.Instances?.[0]).not.toHaveProperty('PrivateIpAddress');
    await expect(gone).rejects.toMatchObject({ name: 'InvalidInstanceID.NotFound' });
  });

  it('tells who stopped it', async () => {
    await using world = await startFake();
    const made = await world.client.send(runOne({ MaxCount: 2 }));
    const [byUser = '', byItself = ''] = idsOf(made);
    await world.client.send(new StopInstancesCommand({ InstanceIds: [byUser] }));
    world.fake.shutDown(byItself);

    const InstanceIds = [byUser, byItself];
    const { Reservations } = await world.client.send(new DescribeInstancesCommand({ InstanceIds }));

    expect(Reservations?.[0]?.Instances).toMatchObject([
      {
        StateReason: { Code: 'Client.UserInitiatedShutdown' },
        StateTransitionReason: 'User initiated (2026-01-01 00:00:00 GMT)',
      },
      { StateReason: { Code: 'Client.InstanceInitiatedShutdown' } },
    ]);
  });

  it('has its launch time reset by a start', async () => {
    await using world = await startFake();
    const InstanceIds = idsOf(await world.client.send(runOne()));
    await world.client.send(new StopInstancesCommand({ InstanceIds }));
    world.clock.jump(60_000);

    await world.client.send(new StartInstancesCommand({ InstanceIds }));

    const { Reservations } = await world.client.send(new DescribeInstancesCommand({}));
    expect(Reservations?.[0]?.Instances?.[0]?.LaunchTime).toEqual(world.clock.now());
    expect(world.fake.instances()).toMatchObject([{ launchedAt: new Date('2026-01-01') }]);
  });
});

describe('termination protection', () => {
  it('keeps those of its zone, lets those of other zones go, and fails the call', async () => {
    await using world = await startFake();
    const [held = ''] = idsOf(await launchIn(world, 'a'));
    const InstanceIds = [
      held,
      ...idsOf(await launchIn(world, 'a')),
      ...idsOf(await launchIn(world, 'b')),
    ];
    await protect(world, held, true);

    const call = world.client.send(new TerminateInstancesCommand({ InstanceIds }));

    await expect(call).rejects.toMatchObject({ name: 'OperationNotPermitted' });
    expect(world.fake.instances().map(({ state }) => state)).toEqual([
      'running',
      'running',
      'terminated',
    ]);
  });

  it('can be given at the launch and taken off', async () => {
    await using world = await startFake();
    const [id = ''] = idsOf(await world.client.send(runOne({ DisableApiTermination: true })));
    const terminate = new TerminateInstancesCommand({ InstanceIds: [id] });

    await expect(world.client.send(terminate)).rejects.toMatchObject({
      name: 'OperationNotPermitted',
    });
    await protect(world, id, false);
    await world.client.send(terminate);

    expect(stateOf(world)).toBe('terminated');
  });
});

type Change = (world: FakeUnderTest, ids: string[]) => Promise<unknown>;

function run({ clock }: FakeUnderTest): Promise<void> {
  clock.jump(slow.pendingSeconds * 1000);
  return Promise.resolve();
}

async function start({ client }: FakeUnderTest, InstanceIds: string[]): Promise<unknown> {
  return await client.send(new StartInstancesCommand({ InstanceIds }));
}

async function stop({ client }: FakeUnderTest, InstanceIds: string[]): Promise<unknown> {
  return await client.send(new StopInstancesCommand({ InstanceIds }));
}

async function terminate({ client }: FakeUnderTest, InstanceIds: string[]): Promise<unknown> {
  return await client.send(new TerminateInstancesCommand({ InstanceIds }));
}

function stateOf({ fake }: FakeUnderTest): string | undefined {
  return fake.instances()[0]?.state;
}

async function launchIn({ client }: FakeUnderTest, zone: string) {
  return await client.send(runOne({ Placement: { AvailabilityZone: `us-east-1${zone}` } }));
}

async function protect({ client }: FakeUnderTest, InstanceId: string, Value: boolean) {
  await client.send(
    new ModifyInstanceAttributeCommand({ InstanceId, DisableApiTermination: { Value } }),
  );
}
