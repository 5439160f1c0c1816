import { expect, it } from '@jest/globals';
import { late } from '../../fakes/faults.ts';
import { Harness } from '../../support/harness.ts';
import { processClass, workspace } from '../../support/manifests.ts';

const CLASS = processClass();
const DIRECTOR = workspace({ name: 'director' });
const WRITER = workspace({ name: 'writer', parentRef: { name: 'director' } });

async function acceptedOf(harness: Harness, name: string) {
  const condition = await harness.condition(name, 'Accepted');
  return [condition?.status, condition?.reason, condition?.message];
}

it('launches nothing below a parent that is being deleted, and says so', async () => {
  await using harness = await Harness.start({ transitionSeconds: 60 });
  await harness.apply(CLASS, DIRECTOR);
  await harness.settle();

  await harness.apply(CLASS, WRITER);
  await harness.look();
  await harness.look();

  expect(await acceptedOf(harness, 'writer')).toEqual([
    'False',
    'ParentTerminating',
    'parent "director" is being deleted',
  ]);
  expect(await harness.launches('writer')).toEqual([]);
});

it('launches nothing that is its own parent, and says so', async () => {
  await using harness = await Harness.start();

  await harness.apply(CLASS, workspace({ name: 'writer', parentRef: { name: 'writer' } }));
  await harness.settle();

  expect(harness.instances()).toEqual([]);
  expect(await acceptedOf(harness, 'writer')).toEqual([
    'False',
    'ParentCycle',
    'it is its own parent',
  ]);
  expect(await harness.condition('writer', 'Stalled')).toMatchObject({ status: 'True' });
});

it('deletes a cycle', async () => {
  await using harness = await Harness.start();
  await harness.apply(CLASS, DIRECTOR, WRITER);
  await harness.settle();
  await harness.apply(
    CLASS,
    workspace({ name: 'director', parentRef: { name: 'writer' } }),
    WRITER,
  );
  await harness.settle();

  await harness.apply(CLASS);
  await harness.settle();

  expect(harness.instances()).toEqual([]);
  expect(await harness.activity('director')).toContain('Released Deleted');
  expect(await harness.activity('writer')).toContain('Released Deleted');
});

it('starts nothing that is declared below a paused workspace', async () => {
  await using harness = await Harness.start();

  await harness.apply(CLASS, workspace({ name: 'director', desiredState: 'Paused' }), WRITER);
  await harness.settle();

  expect(await harness.launches('writer')).toEqual([]);
  expect(await harness.condition('writer', 'Ready')).toMatchObject({
    status: 'True',
    reason: 'AncestorPaused',
  });
});

it.each([
  ['its instance is on its way', { transitionSeconds: 10 }, undefined],
  ['its launch is in doubt and lands late', { transitionSeconds: 0 }, late(20)],
])('leaves one stopped instance of one that is paused while %s', async (_what, choices, fault) => {
  await using harness = await Harness.start(choices);
  harness.backend.failWhen(({ method }) => (method === 'launch' ? fault : undefined));
  await harness.apply(CLASS, workspace({ name: 'demo' }));
  await harness.look();
  await harness.advance(2);

  await harness.apply(CLASS, workspace({ name: 'demo', desiredState: 'Paused' }));
  await harness.settle();

  expect(harness.backend.provider.instances().map(({ state }) => state)).toEqual(['stopped']);
  expect(await harness.condition('demo', 'Ready')).toMatchObject({
    status: 'True',
    reason: 'Paused',
  });
});

it('resumes a tree in the same instances, with the state they had', async () => {
  await using harness = await Harness.start();
  await harness.apply(CLASS, DIRECTOR, WRITER);
  await harness.settle();
  const before = harness.instances().map(({ id }) => id);

  await harness.apply(CLASS, workspace({ name: 'director', desiredState: 'Paused' }), WRITER);
  await harness.settle();
  await harness.apply(CLASS, DIRECTOR, WRITER);
  await harness.settle();

  expect(harness.instances().map(({ id }) => id)).toEqual(before);
  expect(await harness.launches('writer')).toMatchObject([{ attempt: 1, state: 'launched' }]);
});
