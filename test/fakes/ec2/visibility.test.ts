import {
  CreateTagsCommand,
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  TerminateInstancesCommand,
  type DescribeInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { idsOf, runOne } from './client.ts';
import { startFake, type FakeUnderTest } from './world-under-test.ts';

const tagged = [
  { ResourceType: 'instance' as const, Tags: [{ Key: 'team', Value: 'blue' }] },
  { ResourceType: 'volume' as const, Tags: [{ Key: 'team', Value: 'blue' }] },
];
const byTag = { Filters: [{ Name: 'tag:team', Values: ['blue'] }] };

describe('a new id', () => {
  it('is hidden from every read for as long as reads lag, and from terminate too', async () => {
    await using world = await startFake({ idLagSeconds: 60 });
    const InstanceIds = idsOf(await world.client.send(runOne({ ClientToken: 'token' })));
    const byToken = { Filters: [{ Name: 'client-token', Values: ['token'] }] };

    world.clock.jump(59_999);
    const hidden = [await look(world, {}), await look(world, byToken)];
    const volumes = await world.client.send(new DescribeVolumesCommand({}));
    const calls = [
      world.client.send(new DescribeInstancesCommand({ InstanceIds })),
      world.client.send(new TerminateInstancesCommand({ InstanceIds })),
    ];
    const outcomes = await Promise.allSettled(calls);
    world.clock.jump(1);

    expect(hidden).toEqual([[], []]);
    expect(volumes.Volumes).toEqual([]);
    expect(outcomes).toMatchObject([
      { reason: { name: 'InvalidInstanceID.NotFound' } },
      { reason: { name: 'InvalidInstanceID.NotFound' } },
    ]);
    expect(await look(world, byToken)).toEqual(InstanceIds);
  });

  it('is known to its token meanwhile', async () => {
    await using world = await startFake({ idLagSeconds: 60 });

    const first = await world.client.send(runOne({ ClientToken: 'token' }));
    const again = await world.client.send(runOne({ ClientToken: 'token' }));

    expect(idsOf(again)).toEqual(idsOf(first));
  });

  it('flickers where only some reads lag', async () => {
    await using world = await startFake({ idLagSeconds: 60, staleReadChance: 0.5 });
    await world.client.send(runOne());

    const counts = [];
    for (let count = 0; count < 40; count += 1) {
      counts.push((await look(world, {})).length);
    }

    expect(new Set(counts)).toEqual(new Set([0, 1]));
    expect(counts.join('')).toMatch(/10+1/);
  });
});

describe('a tag', () => {
  it('may be seen later than its instance, whether of the launch or of later', async () => {
    await using world = await startFake({ tagLagSeconds: 30 });
    const Resources = idsOf(await world.client.send(runOne({ TagSpecifications: tagged })));

    const untagged = [await look(world, {}), await look(world, byTag)];
    world.clock.jump(30_000);
    const Tags = [{ Key: 'team', Value: 'green' }];
    await world.client.send(new CreateTagsCommand({ Resources, Tags }));
    const stillBlue = await look(world, byTag);
    world.clock.jump(30_000);

    expect(untagged).toEqual([Resources, []]);
    expect(stillBlue).toEqual(Resources);
    expect(await look(world, byTag)).toEqual([]);
    expect(world.fake.instances()).toMatchObject([{ tags: { team: 'green' } }]);
  });
});

async function look(
  { client }: FakeUnderTest,
  input: DescribeInstancesCommandInput,
): Promise<string[]> {
  const { Reservations = [] } = await client.send(new DescribeInstancesCommand(input));
  return Reservations.flatMap(({ Instances = [] }) =>
    Instances.map(({ InstanceId = '' }) => InstanceId),
  );
}
