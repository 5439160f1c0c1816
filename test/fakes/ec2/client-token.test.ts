import { TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { idsOf, runOne } from './client.ts';
import { startFake } from './world-under-test.ts';

const [subnetA, subnetB] = ['subnet-0a11ce00000000001', 'subnet-0a11ce00000000002'];

describe('a ClientToken', () => {
  it('gives the same instances for the same parameters, in whatever state they are', async () => {
    await using world = await startFake();
    const call = { ClientToken: 'token', MinCount: 2, MaxCount: 2 };

    const first = await world.client.send(runOne(call));
    const second = await world.client.send(runOne(call));

    expect(second.ReservationId).toBe(first.ReservationId);
    expect(idsOf(second)).toEqual(idsOf(first));
    expect(second.Instances?.map(({ State }) => State?.Name)).toEqual(['running', 'running']);
    expect(world.fake.instances()).toHaveLength(2);
  });

  it.each([
    ['user data', { UserData: 'aGVsbG8=' }],
    ['a type', { InstanceType: 'm5.xlarge' as const }],
    ['a count', { MaxCount: 2 }],
    [
      'tags',
      {
        TagSpecifications: [
          { ResourceType: 'instance' as const, Tags: [] },
          { ResourceType: 'volume' as const, Tags: [{ Key: 'a', Value: 'b' }] },
        ],
      },
    ],
  ])('refuses %s that differ', async (_what, other) => {
    await using world = await startFake();
    await world.client.send(runOne({ ClientToken: 'token' }));

    const again = world.client.send(runOne({ ClientToken: 'token', ...other }));

    await expect(again).rejects.toMatchObject({ name: 'IdempotentParameterMismatch' });
    expect(world.fake.instances()).toHaveLength(1);
  });

  it('is refused once its instance is terminated, and forgotten a day later', async () => {
    await using world = await startFake();
    const call = { ClientToken: 'token' };
    await world.client.send(
      new TerminateInstancesCommand({ InstanceIds: idsOf(await world.client.send(runOne(call))) }),
    );

    const refused = world.client.send(runOne(call));
    await expect(refused).rejects.toMatchObject({ name: 'IdempotentInstanceTerminated' });
    world.clock.jump(86_400_000);
    await world.client.send(runOne(call));

    expect(world.fake.instances().map(({ state }) => state)).toEqual(['running']);
  });

  it('counts in its zone alone where a subnet or a zone is named', async () => {
    await using world = await startFake();
    const inZone = (zone: string) =>
      runOne({ ClientToken: 'token', Placement: { AvailabilityZone: zone } });

    await world.client.send(runOne({ ClientToken: 'token', SubnetId: subnetA }));
    await world.client.send(runOne({ ClientToken: 'token', SubnetId: subnetB }));
    await world.client.send(inZone('us-east-1c'));
    await world.client.send(inZone('us-east-1c'));
    const otherParameters = world.client.send(inZone('us-east-1a'));

    await expect(otherParameters).rejects.toMatchObject({ name: 'IdempotentParameterMismatch' });
    expect(world.fake.instances().map(({ zone }) => zone)).toEqual([
      'us-east-1a',
      'us-east-1b',
      'us-east-1c',
    ]);
  });

  it('is unused after a refusal, and tells upper from lower case', async () => {
    await using world = await startFake({ vcpuQuota: 0 });
    const refused = world.client.send(runOne({ ClientToken: 'token' }));
    await expect(refused).rejects.toMatchObject({ name: 'VcpuLimitExceeded' });
    world.fake.configure({ vcpuQuota: 4 });

    await world.client.send(runOne({ ClientToken: 'token', UserData: 'aGVsbG8=' }));
    await world.client.send(runOne({ ClientToken: 'TOKEN' }));

    expect(world.fake.instances().map(({ token }) => token)).toEqual(['token', 'TOKEN']);
  });

  it('may have 64 characters', async () => {
    await using world = await startFake();

    await world.client.send(runOne({ ClientToken: 'a'.repeat(64) }));

    expect(world.fake.instances()).toHaveLength(1);
  });

  it.each(['a'.repeat(65), 'tökén'])('may not be %s', async (token) => {
    await using world = await startFake();

    const call = world.client.send(runOne({ ClientToken: token }));

    await expect(call).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    expect(world.fake.instances()).toEqual([]);
  });
});
