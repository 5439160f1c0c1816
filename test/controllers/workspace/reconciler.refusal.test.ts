import { expect, it } from '@jest/globals';
import { REFUSALS, late, throttled } from '../../fakes/faults.ts';
import { Harness } from '../../support/harness.ts';
import { processClass, workspace } from '../../support/manifests.ts';

const DEMO = [processClass(), workspace({ name: 'demo' })];

it.each<readonly [string, keyof typeof REFUSALS]>([
  ['InsufficientCapacity', 'capacity'],
  ['InvalidSpec', 'invalid'],
])('says %s when a launch is refused for that', async (reason, refusal) => {
  await using harness = await Harness.start();
  await harness.apply(...DEMO);
  harness.backend.failNext('launch', REFUSALS[refusal]());

  await harness.look();
  await harness.look();

  expect(await harness.condition('demo', 'Provisioned')).toMatchObject({ status: 'False', reason });
  expect(await harness.status('demo')).toMatchObject({
    failures: { count: 1, lastReason: reason },
  });
  expect(await harness.activity('demo')).toContain(`LaunchFailed ${reason}`);
});

it('tries again after 30 seconds where there was no room, with the token of a new attempt', async () => {
  await using harness = await Harness.start();
  await harness.apply(...DEMO);
  harness.backend.failNext('launch', REFUSALS.capacity());

  await harness.settle();

  const launches = harness.backend.calls.filter(({ method }) => method === 'launch');
  const [first = 0, second = 0] = launches.map(({ at }) => at.getTime());
  expect(new Set(launches.map(({ target }) => target)).size).toBe(2);
  expect(Math.round((second - first) / 1000)).toBe(30);
  expect(await harness.launches('demo')).toMatchObject([
    { attempt: 1, state: 'closed', close_reason: 'InsufficientCapacity', calls_in_doubt: 0 },
    { attempt: 2, state: 'launched' },
  ]);
  expect(harness.instances()).toHaveLength(1);
});

it('waits twice as long after each refusal, and 5 minutes at most', async () => {
  await using harness = await Harness.start();
  for (let time = 0; time < 8; time += 1) {
    harness.backend.failNext('launch', REFUSALS.invalid());
  }
  await harness.apply(...DEMO);

  await harness.settle();

  const sent = harness.backend.calls.map(({ at }) => at.getTime());
  const waits = sent.slice(1).map((at, index) => Math.round((at - (sent[index] ?? 0)) / 1000));
  expect(waits).toEqual([10, 20, 40, 80, 160, 300, 300, 300]);
});

it('does not take a refusal for the answer to an earlier call', async () => {
  await using harness = await Harness.start({ callLifetimeSeconds: 60 });
  harness.backend.failNext('launch', late(40));
  harness.backend.failNext('launch', REFUSALS.capacity());
  await harness.apply(...DEMO);

  await harness.settle();

  expect(harness.instances()).toHaveLength(1);
  expect(await harness.launches('demo')).toMatchObject([{ attempt: 1, state: 'launched' }]);
});

it('takes a throttled call for no failure, and sends it again with the same token', async () => {
  await using harness = await Harness.start();
  harness.backend.failNext('launch', throttled(30));
  await harness.apply(...DEMO);

  await harness.look();
  const whileThrottled = await harness.status('demo');
  await harness.settle();

  const [first, second] = harness.backend.calls;
  expect(whileThrottled).not.toHaveProperty('failures');
  expect(second?.target).toBe(first?.target);
  expect(await harness.launches('demo')).toMatchObject([{ attempt: 1, state: 'launched' }]);
});

it('closes a refused attempt and opens no other when the workspace is deleted', async () => {
  await using harness = await Harness.start();
  harness.backend.failNext('launch', REFUSALS.capacity());
  await harness.apply(...DEMO);
  await harness.look();

  await harness.apply(processClass());
  await harness.settle();

  expect(harness.backend.calls.filter(({ method }) => method === 'launch')).toHaveLength(1);
  expect(await harness.activity('demo')).toContain('Released Deleted');
});

it('begins anew at once when the spec is edited', async () => {
  await using harness = await Harness.start();
  harness.backend.failNext('launch', REFUSALS.invalid());
  await harness.apply(...DEMO);
  await harness.look();
  await harness.look();

  await harness.apply(processClass(), workspace({ name: 'demo', tier: 1 }));
  await harness.look();
  await harness.look();

  expect(harness.instances()).toHaveLength(1);
});
