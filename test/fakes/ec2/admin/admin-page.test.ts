import { TerminateInstancesCommand, type Tag } from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { ec2Client, idsOf, runOne } from '../client.ts';
import { startFake } from '../world-under-test.ts';

const OWNER: Tag[] = [
  { Key: 'treeline.dev/installation', Value: 'one' },
  { Key: 'treeline.dev/workspace-uid', Value: 'ada' },
];

describe("the administrator's page", () => {
  it('shows what exists, what was launched twice, and what was launched with which token', async () => {
    await using world = await startFake();
    const owned = { TagSpecifications: [{ ResourceType: 'instance' as const, Tags: OWNER }] };
    const first = idsOf(await world.client.send(runOne({ ClientToken: 'a', ...owned })));
    const second = idsOf(await world.client.send(runOne({ ClientToken: 'b', ...owned })));
    await world.client.send(runOne({ ClientToken: 'c' }));

    const page = await read(world.fake.url);

    expect(page['instances']).toHaveLength(3);
    expect(page).toMatchObject({
      launchedTwice: [{ installation: 'one', workspaceUid: 'ada' }],
      launchedTwiceEver: [{ instanceIds: [...first, ...second] }],
      launchedPerToken: { a: first, b: second },
      calls: { RunInstances: { Success: 3 } },
      buckets: { request: { RunInstances: 2 }, resource: { RunInstances: 997 } },
    });
  });

  it('remembers what was launched twice when one of the two has ended', async () => {
    await using world = await startFake();
    const owned = { TagSpecifications: [{ ResourceType: 'instance' as const, Tags: OWNER }] };
    await world.client.send(runOne(owned));
    const InstanceIds = idsOf(await world.client.send(runOne(owned)));
    await world.client.send(new TerminateInstancesCommand({ InstanceIds }));
    await world.client.send(runOne());

    const page = await read(world.fake.url);

    expect(page).toMatchObject({ launchedTwice: [], launchedTwiceEver: [{ workspaceUid: 'ada' }] });
  });

  it('shows what was refused and why, and who terminated what', async () => {
    await using world = await startFake({ vcpuQuota: 2 });
    const other = ec2Client(world.fake.url, { accessKey: 'somebody-else' });
    const InstanceIds = idsOf(await world.client.send(runOne()));
    await expect(world.client.send(runOne())).rejects.toThrow();
    await other.send(new TerminateInstancesCommand({ InstanceIds }));

    const page = await read(world.fake.url);

    expect(page).toMatchObject({
      refused: [{ action: 'RunInstances', caller: 'treeline', code: 'VcpuLimitExceeded' }],
      terminated: [{ instanceId: InstanceIds[0], by: 'somebody-else' }],
    });
  });

  it('changes quota, capacity, clock and faults', async () => {
    await using world = await startFake();
    const capacity = { type: 'm5.large', zone: 'us-east-1a', count: 0 };
    const fault = { kind: 'refused', code: 'AuthFailure' };

    const answers = [
      await post(world.fake.url, 'settings', { vcpuQuota: 64, idLagSeconds: 5 }),
      await post(world.fake.url, 'capacity', capacity),
      await post(world.fake.url, 'clock', { advanceSeconds: 60 }),
      await post(world.fake.url, 'faults', { action: 'RunInstances', fault, nth: 2 }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await read(world.fake.url)).toMatchObject({
      time: '2026-01-01T00:01:00.000Z',
      settings: { vcpuQuota: 64, idLagSeconds: 5, capacity: { 'm5.large/us-east-1a': 0 } },
      faults: [{ action: 'RunInstances', kind: 'refused', nth: 2 }],
    });
  });

  it('acts by other hands: late calls, tags, a machine that ends', async () => {
    await using world = await startFake();
    await post(world.fake.url, 'faults', { action: '*', fault: { kind: 'late' } });
    await expect(world.client.send(runOne())).rejects.toThrow();

    await post(world.fake.url, 'late-calls', {});
    const [{ id: instanceId } = { id: '' }] = world.fake.instances();
    await post(world.fake.url, 'tags', { instanceId, tags: { Name: 'ada' } });
    await post(world.fake.url, 'shut-down', { instanceId });

    expect(world.fake.instances()).toMatchObject([{ state: 'stopped', tags: { Name: 'ada' } }]);
  });

  it.each([
    ['settings', { vcpuQuota: 'many' }, 'no such setting: ["vcpuQuota","many"]'],
    ['settings', { quota: 64 }, 'no such setting: ["quota",64]'],
    ['capacity', { type: 'm5.large', count: 1 }, 'zone: a text'],
    ['clock', {}, 'advanceSeconds: a number'],
    ['tags', { instanceId: 'i-1', tags: { a: 1 } }, 'tags: an object of texts'],
    ['shut-down', { instanceId: 'i-1' }, 'the fake EC2 has no instance i-1'],
  ])('says what is wrong with %s %j', async (name, body, error) => {
    await using world = await startFake();

    const answer = await post(world.fake.url, name, body);

    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ error });
  });

  it('answers an unknown path with those that there are', async () => {
    await using world = await startFake();

    const answer = await post(world.fake.url, 'nothing', {});

    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({
      paths: expect.arrayContaining(['GET /_fake', 'POST /_fake/settings']),
    });
  });
});

async function read(url: string): Promise<Readonly<Record<string, unknown>>> {
  const answer = await fetch(`${url}/_fake`);
  return (await answer.json()) as Readonly<Record<string, unknown>>;
}

async function post(url: string, name: string, body: object): Promise<Response> {
  return await fetch(`${url}/_fake/${name}`, { method: 'POST', body: JSON.stringify(body) });
}
