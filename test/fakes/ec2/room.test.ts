import {
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { idsOf, runOne } from './client.ts';
import { startFake } from './world-under-test.ts';

const inZone = (zone: string) => ({ Placement: { AvailabilityZone: `us-east-1${zone}` } });

describe('the vCPU quota', () => {
  it('counts what is pending or running, and has room again when something ends', async () => {
    await using world = await startFake({ vcpuQuota: 4, pendingSeconds: 60 });
    const InstanceIds = idsOf(await world.client.send(runOne({ MaxCount: 2 })));

    const tooMany = world.client.send(runOne());
    await expect(tooMany).rejects.toMatchObject({
      name: 'VcpuLimitExceeded',
      $metadata: { httpStatusCode: 400 },
    });
    await world.client.send(new TerminateInstancesCommand({ InstanceIds: InstanceIds.slice(1) }));

    await expect(world.client.send(runOne())).resolves.toMatchObject({ Instances: [{}] });
  });

  it('counts the vCPUs of the type', async () => {
    await using world = await startFake({ vcpuQuota: 7 });
    await world.client.send(runOne({ InstanceType: 'm5.xlarge' }));

    const tooLarge = world.client.send(runOne({ InstanceType: 'm5.xlarge' }));

    await expect(tooLarge).rejects.toMatchObject({ name: 'VcpuLimitExceeded' });
    await expect(world.client.send(runOne())).resolves.toBeDefined();
  });

  it('stands in the way of a start as well', async () => {
    await using world = await startFake({ vcpuQuota: 2 });
    const InstanceIds = idsOf(await world.client.send(runOne()));
    await world.client.send(new StopInstancesCommand({ InstanceIds }));
    await world.client.send(runOne());

    const start = world.client.send(new StartInstancesCommand({ InstanceIds }));

    await expect(start).rejects.toMatchObject({ name: 'VcpuLimitExceeded' });
    expect(world.fake.instances().map(({ state }) => state)).toEqual(['stopped', 'running']);
  });
});

describe('the capacity of a zone', () => {
  it('is refused as a 5xx, for this type in this zone alone', async () => {
    await using world = await startFake();
    world.fake.setCapacity('m5.large', 'us-east-1a', 0);

    const refused = world.client.send(runOne(inZone('a')));
    await expect(refused).rejects.toMatchObject({
      name: 'InsufficientInstanceCapacity',
      $metadata: { httpStatusCode: 500 },
    });
    await world.client.send(runOne(inZone('b')));
    await world.client.send(runOne({ ...inZone('a'), InstanceType: 'm6i.large' }));

    expect(world.fake.instances().map(({ zone }) => zone)).toEqual(['us-east-1b', 'us-east-1a']);
  });

  it('is avoided by EC2 where the launch names no zone', async () => {
    await using world = await startFake({
      throttling: false,
      capacity: { 'm5.large/us-east-1a': 0, 'm5.large/us-east-1b': 2, 'm5.large/us-east-1c': 2 },
    });

    for (let count = 0; count < 4; count += 1) {
      await world.client.send(runOne());
    }
    const full = world.client.send(runOne());

    await expect(full).rejects.toMatchObject({ name: 'InsufficientInstanceCapacity' });
    expect(
      world.fake
        .instances()
        .map(({ zone }) => zone)
        .toSorted(),
    ).toEqual(['us-east-1b', 'us-east-1b', 'us-east-1c', 'us-east-1c']);
  });

  it('gives as many of MaxCount as there is room for, and none when MinCount does not fit', async () => {
    await using world = await startFake();
    world.fake.setCapacity('m5.large', 'us-east-1a', 3);

    const tooMany = world.client.send(runOne({ ...inZone('a'), MinCount: 4, MaxCount: 5 }));
    await expect(tooMany).rejects.toMatchObject({ name: 'InsufficientInstanceCapacity' });
    const some = await world.client.send(runOne({ ...inZone('a'), MinCount: 2, MaxCount: 5 }));

    expect(some.Instances?.map(({ AmiLaunchIndex }) => AmiLaunchIndex)).toEqual([0, 1, 2]);
    expect(world.fake.instances()).toHaveLength(3);
  });

  it('can be lifted again', async () => {
    await using world = await startFake({ capacity: { 'm5.large/us-east-1a': 0 } });

    world.fake.setCapacity('m5.large', 'us-east-1a', undefined);

    await expect(world.client.send(runOne(inZone('a')))).resolves.toBeDefined();
  });

  it('says Unsupported for a type that the zone does not offer', async () => {
    await using world = await startFake({ unsupported: ['m5.large/us-east-1a'] });

    const call = world.client.send(runOne(inZone('a')));

    await expect(call).rejects.toMatchObject({
      name: 'Unsupported',
      $metadata: { httpStatusCode: 400 },
    });
  });
});
