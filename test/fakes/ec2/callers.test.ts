import { CreateTagsCommand, DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { ec2Client, idsOf, manyTags, runOne } from './client.ts';
import { FakeEc2 } from './fake-ec2.ts';
import { startFake } from './world-under-test.ts';

describe('a caller', () => {
  it('is refused what it may not do, in a dry run too', async () => {
    await using world = await startFake({ deniedActions: ['RunInstances'] });

    const calls = [runOne(), runOne({ DryRun: true })].map((call) => world.client.send(call));

    expect(await Promise.allSettled(calls)).toMatchObject([
      { reason: { name: 'UnauthorizedOperation', $metadata: { httpStatusCode: 403 } } },
      { reason: { name: 'UnauthorizedOperation' } },
    ]);
  });

  it('is named by its access key in what is recorded', async () => {
    await using world = await startFake();
    const other = ec2Client(world.fake.url, { accessKey: 'somebody-else' });
    await other.send(runOne({ UserData: Buffer.from('#!/bin/sh').toString('base64') }));

    expect(world.fake.recorder.calls('RunInstances')).toMatchObject([
      {
        caller: 'somebody-else',
        outcome: 'Success',
        time: world.clock.now(),
        parameters: { InstanceType: 'm5.large', MinCount: '1', UserData: '(12 characters)' },
      },
    ]);
    expect(world.fake.instances()).toMatchObject([{ launchedBy: 'somebody-else' }]);
  });

  it('is refused when it signed more than 15 minutes ago', async () => {
    await using fake = await FakeEc2.start();
    const client = ec2Client(fake.url);
    fake.advance(899);
    await client.send(new DescribeInstancesCommand({}));

    fake.advance(60);
    const call = client.send(new DescribeInstancesCommand({}));

    await expect(call).rejects.toMatchObject({ name: 'RequestExpired' });
  });

  it('cannot give a resource more than 50 tags, one call after the other', async () => {
    await using world = await startFake();
    const made = await world.client.send(runOne({ TagSpecifications: manyTags(50) }));
    const Resources = idsOf(made);

    const replaced = world.client.send(
      new CreateTagsCommand({ Resources, Tags: [{ Key: 'key-0', Value: 'other' }] }),
    );
    await expect(replaced).resolves.toBeDefined();
    const added = world.client.send(
      new CreateTagsCommand({ Resources, Tags: [{ Key: 'one more', Value: '' }] }),
    );

    await expect(added).rejects.toMatchObject({ name: 'TagLimitExceeded' });
  });
});

describe('a seed', () => {
  it('gives the same ids and zones for the same calls', async () => {
    const worlds = [];
    for (const seed of [7, 7, 8]) {
      await using fake = await FakeEc2.start({ seed });
      const client = ec2Client(fake.url);
      await client.send(runOne({ MaxCount: 3 }));
      worlds.push(fake.instances().map(({ id, zone }) => [id, zone]));
    }

    expect(worlds[1]).toEqual(worlds[0]);
    expect(worlds[2]).not.toEqual(worlds[0]);
  });
});
