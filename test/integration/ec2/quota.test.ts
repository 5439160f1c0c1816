import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { findClass } from '../../../store/objects.ts';
import { DEFAULT_CATALOGUE } from '../../fakes/ec2/model/catalogue.ts';
import { cloudClass } from '../../support/cloud-class.ts';
import { Ec2Harness } from '../../support/ec2-harness.ts';
import { workspace } from '../../support/manifests.ts';

const QUOTA = 64;
/** With one vCPU, as the older types have it. */
const SMALL = { name: 't2.small', vcpus: 1, memoryMiB: 2048, architecture: 'x86_64' } as const;
const CLASS = cloudClass({ ec2: { instanceTypes: { '2': [SMALL.name] } } });
const CHILDREN = Array.from({ length: 72 }, (_, index) =>
  workspace({ name: `child-${index}`, parentRef: { name: 'lead' } }),
);
const LEAD = workspace({ name: 'lead', desiredState: 'Running' });
/** Long enough for 64 launches, two a second, with all that is around them. */
const LAUNCHING_SECONDS = 120;

let harness: Ec2Harness;

// One account for all of them, in this order: filling it takes as long as everything else together.
beforeAll(async () => {
  const catalogue = { instanceTypes: [...DEFAULT_CATALOGUE.instanceTypes, SMALL] };
  harness = await Ec2Harness.start({
    account: { vcpuQuota: QUOTA, catalogue },
    logLevel: 'info',
  });
  await harness.apply(CLASS, LEAD, ...CHILDREN);
  await harness.look();
  await harness.advance(LAUNCHING_SECONDS);
});

afterEach(() => {
  expect(harness.fake.duplicatesEver).toEqual([]);
});

afterAll(() => harness[Symbol.asyncDispose]());

/** How many say what of their instance. */
async function reasons(): Promise<Readonly<Record<string, number>>> {
  const names = ['lead', ...CHILDREN.map(({ name }) => name)];
  const conditions = await Promise.all(names.map((name) => harness.condition(name, 'Provisioned')));
  const groups = Map.groupBy(conditions, (condition) => condition?.reason ?? 'none');
  return Object.fromEntries([...groups].map(([reason, group]) => [reason, group.length]));
}

function launchTimes(): readonly number[] {
  return harness.fake.recorder.calls('RunInstances').map(({ time }) => time.getTime() / 1000);
}

it('runs as many as the quota allows, and the others say why and cost a probe a minute', async () => {
  const first = await reasons();
  const launched = harness.instances().length;
  harness.fake.recorder.clear();

  await harness.advance(900);

  expect(launched).toBe(QUOTA);
  expect(first).toEqual({ Running: QUOTA, VcpuLimitExceeded: 1 + CHILDREN.length - QUOTA });
  expect(await reasons()).toEqual(first);
  expect(harness.instances()).toHaveLength(QUOTA);
  const times = launchTimes();
  const waits = times.slice(1).map((at, index) => at - (times[index] ?? 0));
  expect(times.length).toBeGreaterThan(0);
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(60);
  expect((await findClass(harness.db, 'cloud'))?.status?.hold).toMatchObject({
    reason: 'VcpuLimitExceeded',
  });
});

it('changes nothing when everything is applied again', async () => {
  harness.fake.recorder.clear();

  const results = await harness.apply(CLASS, LEAD, ...CHILDREN);
  await harness.look();

  expect(new Set(results.map(({ result }) => result))).toEqual(new Set(['unchanged']));
  expect(Object.keys(harness.fake.recorder.counts())).toEqual(['DescribeInstances']);
});

it('gives the room of those that are deleted to those that wait', async () => {
  const running = harness.instances().map(({ tags }) => tags['treeline.dev/name']);
  const stays = CHILDREN.filter(({ name }) => !running.slice(0, 12).includes(name));

  await harness.apply(CLASS, LEAD, ...stays);
  await harness.advance(900);

  expect(new Set(harness.instances().map(({ tags }) => tags['treeline.dev/name']))).toEqual(
    new Set(['lead', ...stays.map(({ name }) => name)]),
  );
});

it('goes on when the account gets more room', async () => {
  await harness.apply(CLASS, LEAD, ...CHILDREN);
  await harness.advance(60);
  const before = await reasons();

  harness.fake.configure({ vcpuQuota: QUOTA + CHILDREN.length });
  // The first probe finds the room.
  await harness.advance(60);

  expect(before).toHaveProperty('VcpuLimitExceeded');
  expect(await reasons()).toEqual({ Running: 1 + CHILDREN.length });
});
