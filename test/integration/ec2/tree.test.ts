import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Declaration } from '../../../api/objects.ts';
import { cloudClass } from '../../support/cloud-class.ts';
import { Ec2Harness } from '../../support/ec2-harness.ts';
import { workspace } from '../../support/manifests.ts';
import { plantForeign } from './by-hand.ts';

const CLASS = cloudClass();

/** A director, five leads, and 36 under them: 42. */
function tree(director: { readonly isPaused?: boolean } = {}): readonly Declaration[] {
  const leads = Array.from({ length: 5 }, (_, index) =>
    workspace({ name: `lead-${index}`, parentRef: { name: 'director' } }),
  );
  const members = Array.from({ length: 36 }, (_, index) =>
    workspace({ name: `member-${index}`, parentRef: { name: `lead-${index % 5}` } }),
  );
  const desiredState = director.isPaused === true ? 'Paused' : 'Running';
  return [CLASS, workspace({ name: 'director', desiredState }), ...leads, ...members];
}

let harness: Ec2Harness;

// One account for all of them, in this order: filling it takes as long as everything else together.
beforeAll(async () => {
  harness = await Ec2Harness.start({ logLevel: 'info' });
  await harness.apply(...tree());
  await harness.settle();
});

afterAll(() => harness[Symbol.asyncDispose]());

function states(): Readonly<Record<string, number>> {
  const groups = Map.groupBy(harness.instances(), ({ state }) => state);
  return Object.fromEntries([...groups].map(([state, group]) => [state, group.length]));
}

it('stops the instances of a tree that is paused, and starts the same ones when it is resumed', async () => {
  const ids = harness.instances().map(({ id }) => id);

  await harness.apply(...tree({ isPaused: true }));
  await harness.settle();
  expect(states()).toEqual({ stopped: 42 });
  await harness.apply(...tree());
  await harness.settle();

  expect(states()).toEqual({ running: 42 });
  expect(harness.instances().map(({ id }) => id)).toEqual(ids);
});

it('changes nothing when a tree is applied again', async () => {
  harness.fake.recorder.clear();

  const results = await harness.apply(...tree());
  await harness.settle();

  expect(new Set(results.map(({ result }) => result))).toEqual(new Set(['unchanged']));
  expect(Object.keys(harness.fake.recorder.counts())).toEqual(['DescribeInstances']);
});

it('leaves no instance and no volume of a tree of 42 that is deleted, with the controller killed twice on the way', async () => {
  const foreign = await plantForeign(harness.fake, 'director');
  expect(states()).toEqual({ running: 42 });

  await harness.apply(CLASS);
  await harness.look();
  await harness.restart();
  await harness.advance(20);
  await harness.look();
  expect(harness.instances().length).toBeGreaterThan(0);
  await harness.restart();
  await harness.settle();

  expect(harness.instances()).toEqual([]);
  expect(harness.fake.volumes().map(({ instanceId }) => instanceId)).toEqual([foreign]);
  expect(await harness.db.selectFrom('workspaces').select('name').execute()).toEqual([]);
});
