import { expect, it } from '@jest/globals';
import { before, late, partial, REFUSALS, stale } from '../../fakes/faults.ts';
import { Harness } from '../../support/harness.ts';
import { processClass, workspace } from '../../support/manifests.ts';

const CLASS = processClass();
const DEMO = workspace({ name: 'demo' });

/** No list comes through any more, and the last one is too old to count. */
async function goBlind(harness: Harness): Promise<void> {
  harness.backend.failWhen(({ method }) => (method === 'list' ? partial() : undefined));
  await harness.advance(7);
}

async function startDemo(): Promise<Harness> {
  const harness = await Harness.start();
  await harness.apply(CLASS, DEMO);
  await harness.settle();
  return harness;
}

/** What would have to happen, and does not while nobody can see. */
const TEMPTATIONS: readonly (readonly [string, (harness: Harness) => Promise<unknown>])[] = [
  [
    'pausing it',
    (harness) => harness.apply(CLASS, workspace({ name: 'demo', desiredState: 'Paused' })),
  ],
  ['deleting it', (harness) => harness.apply(CLASS)],
  [
    'restarting it',
    (harness) =>
      harness.apply(CLASS, workspace({ name: 'demo', env: [{ name: 'MODE', value: 'fast' }] })),
  ],
  ['replacing it', (harness) => harness.apply(CLASS, workspace({ name: 'demo', tier: 3 }))],
  ['launching another', (harness) => harness.apply(CLASS, DEMO, workspace({ name: 'new' }))],
  [
    'its agent ending',
    (harness) => {
      harness.backend.provider.exit(harness.instances()[0]?.id ?? '');
      return Promise.resolve();
    },
  ],
  [
    'its instance vanishing',
    (harness) => {
      harness.backend.provider.remove(harness.instances()[0]?.id ?? '');
      return Promise.resolve();
    },
  ],
];

it.each(TEMPTATIONS)('does nothing on a failed list, whatever is due: %s', async (_what, tempt) => {
  await using harness = await startDemo();
  await goBlind(harness);
  await tempt(harness);
  harness.log.clear();
  const calls = harness.backend.calls.length;

  await harness.settle();

  expect(harness.actions()).toEqual([]);
  expect(harness.backend.calls).toHaveLength(calls);
});

it.each(TEMPTATIONS)('goes on once it can be listed again: %s', async (_what, tempt) => {
  await using harness = await startDemo();
  await goBlind(harness);
  await tempt(harness);
  await harness.settle();

  harness.backend.heal();
  await harness.settle();

  const rows = await harness.db.selectFrom('workspaces').select(['name', 'ready']).execute();
  expect(rows.filter(({ ready }) => !ready)).toEqual([]);
});

it('says so as soon as the last list is too old', async () => {
  await using harness = await startDemo();
  harness.backend.failWhen(({ method }) => (method === 'list' ? partial() : undefined));

  await harness.advance(5);
  await harness.look();
  const early = await harness.condition('demo', 'Ready');
  await harness.advance(2);
  await harness.look();

  expect(early).toMatchObject({ status: 'True', reason: 'Online' });
  expect(await harness.condition('demo', 'Ready')).toMatchObject({
    status: 'Unknown',
    reason: 'StatusUnknown',
    message: expect.stringContaining('has not been listed since') as unknown,
  });
});

it('keeps a new instance that lists do not show yet', async () => {
  await using harness = await Harness.start({ settleSeconds: 30, visibleAfterSeconds: 25 });

  await harness.apply(CLASS, DEMO);
  await harness.settle();

  expect(harness.backend.provider.instances()).toHaveLength(1);
  expect(await harness.launches('demo')).toMatchObject([{ attempt: 1, state: 'launched' }]);
});

it('keeps an instance that a stale list does not show', async () => {
  await using harness = await Harness.start({ settleSeconds: 30 });
  const old = harness.backend.provider.list(undefined);
  await harness.apply(CLASS, DEMO);
  await harness.look();
  harness.backend.failNext('list', stale(old));

  await harness.look();
  await harness.settle();

  expect(harness.instances()).toHaveLength(1);
  expect(await harness.launches('demo')).toMatchObject([{ attempt: 1, state: 'launched' }]);
});

it('asks by id before it takes an instance for lost that the list does not show', async () => {
  await using harness = await startDemo();
  harness.backend.provider.removeMarks(harness.instances()[0]?.id ?? '');

  await harness.settle();

  expect(harness.instances()).toHaveLength(1);
  expect(await harness.launches('demo')).toMatchObject([{ attempt: 1, state: 'launched' }]);
  expect(await harness.condition('demo', 'Ready')).toMatchObject({ reason: 'StatusUnknown' });
});

it('ends an instance by its id although somebody removed its marks', async () => {
  await using harness = await startDemo();
  harness.backend.provider.removeMarks(harness.instances()[0]?.id ?? '');
  await harness.settle();

  await harness.apply(CLASS);
  await harness.settle();

  expect(harness.instances()).toEqual([]);
  expect(await harness.activity('demo')).toContain('Released Deleted');
});

it('replaces an instance by its id although somebody removed its marks, and says why', async () => {
  await using harness = await startDemo();
  const id = harness.instances()[0]?.id ?? '';
  harness.backend.failNext('terminate', before());
  await harness.apply(CLASS, workspace({ name: 'demo', tier: 3, deletionPolicy: 'Retain' }));
  await harness.look();
  harness.backend.provider.removeMarks(id);

  await harness.settle();

  expect(harness.instances()).toMatchObject([{ id: 'fake-000002' }]);
  expect(await harness.activity('demo')).toContain('Terminated Replaced');
});

it('does not end an instance without marks whose state cannot be told', async () => {
  await using harness = await startDemo();
  const id = harness.instances()[0]?.id ?? '';
  harness.backend.provider.removeMarks(id);
  harness.backend.provider.change(id, { state: 'unknown' });

  await harness.apply(CLASS);
  await harness.settle();

  expect(harness.backend.calls.filter(({ method }) => method === 'terminate')).toEqual([]);
});

it('finds the instance of a launch in doubt by its token although somebody removed its marks', async () => {
  await using harness = await Harness.start();
  harness.backend.failNext('launch', late(10));
  harness.backend.failNext('launch', REFUSALS.capacity());
  await harness.apply(CLASS, DEMO);
  await harness.look();
  await harness.advance(1);
  await harness.look();
  await harness.apply(CLASS);
  harness.clock.jump(10_000);
  harness.backend.provider.removeMarks(harness.instances()[0]?.id ?? '');

  await harness.settle();

  expect(harness.instances()).toEqual([]);
  expect(await harness.activity('demo')).toContain('Released Deleted');
});
