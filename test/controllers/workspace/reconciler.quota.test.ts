import { expect, it } from '@jest/globals';
import { Harness } from '../../support/harness.ts';
import { processClass, workspace } from '../../support/manifests.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e'];

function team(...names: readonly string[]) {
  return names.map((name) => workspace({ name }));
}

/** What waits for room asks again every ten seconds, so the world never comes to rest. */
async function work(harness: Harness): Promise<void> {
  for (let round = 0; round < 5; round += 1) {
    await harness.look();
    await harness.advance(11);
  }
}

function running(harness: Harness): readonly string[] {
  return harness
    .instances()
    .map(({ marks }) => marks.name)
    .sort();
}

it('runs as many as the quota allows, in the order of declaration; the others wait and say so', async () => {
  await using harness = await Harness.start();

  await harness.apply(processClass({ quota: { maxWorkspaces: 2 } }), ...team(...NAMES));
  await work(harness);

  expect(running(harness)).toEqual(['a', 'b']);
  expect(await harness.condition('c', 'Accepted')).toMatchObject({
    status: 'False',
    reason: 'QuotaExceeded',
    message: 'class "local" runs as many workspaces as its quota allows (2)',
  });
  expect(await harness.condition('c', 'Ready')).toMatchObject({
    status: 'False',
    reason: 'QuotaExceeded',
  });
});

it('goes on by itself with the first that waits when there is room', async () => {
  await using harness = await Harness.start();
  const quota = { maxWorkspaces: 2 };
  await harness.apply(processClass({ quota }), ...team(...NAMES));
  await work(harness);

  await harness.apply(processClass({ quota }), ...team('b', 'c', 'd', 'e'));
  await work(harness);

  expect(running(harness)).toEqual(['b', 'c']);
});

it('leaves what runs alone when the quota shrinks, and launches the rest when it grows', async () => {
  await using harness = await Harness.start();
  await harness.apply(processClass({ quota: { maxWorkspaces: 3 } }), ...team('a', 'b', 'c'));
  await work(harness);
  const calls = harness.backend.calls.length;

  await harness.apply(processClass({ quota: { maxWorkspaces: 1 } }), ...team(...NAMES));
  await work(harness);
  const changes = harness.backend.calls.slice(calls);
  await harness.apply(processClass({ quota: { maxWorkspaces: 5 } }), ...team(...NAMES));
  await work(harness);

  expect(changes).toEqual([]);
  expect(running(harness)).toEqual(NAMES);
});

it('counts vCPUs by tier', async () => {
  await using harness = await Harness.start();
  const big = workspace({ name: 'big', tier: 4 });

  await harness.apply(processClass({ quota: { maxVcpus: 4 } }), big, ...team('small'));
  await work(harness);

  expect(running(harness)).toEqual(['big']);
  expect(await harness.condition('small', 'Accepted')).toMatchObject({ reason: 'QuotaExceeded' });
});
