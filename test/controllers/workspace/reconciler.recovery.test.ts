import { expect, it } from '@jest/globals';
import { backUp, restore } from '../../support/backup.ts';
import { Harness } from '../../support/harness.ts';
import { processClass, workspace } from '../../support/manifests.ts';
import { emptyDatabase } from '../../support/rows.ts';

const CLASS = processClass();
const DIRECTOR = workspace({ name: 'director' });
const WRITER = workspace({ name: 'writer', parentRef: { name: 'director' } });
const PAUSED = workspace({ name: 'editor', desiredState: 'Paused' });

async function startTeam(): Promise<Harness> {
  const harness = await Harness.start();
  await harness.apply(CLASS, DIRECTOR, WRITER, workspace({ name: 'editor' }));
  await harness.settle();
  await harness.apply(CLASS, DIRECTOR, WRITER, PAUSED);
  await harness.settle();
  return harness;
}

/** Every instance with its state, those of paused workspaces included. */
function seen(harness: Harness): readonly string[] {
  return harness.backend.provider
    .instances()
    .map(({ id, state, marks }) => `${marks.name} ${id} ${state}`)
    .sort();
}

it('adopts what runs when the database was emptied and everything is declared again', async () => {
  await using harness = await startTeam();
  const before = seen(harness);
  const calls = harness.backend.calls.length;
  await harness.kill();
  await emptyDatabase(harness.db);

  await harness.lead(harness.backend.another());
  await harness.apply(CLASS, DIRECTOR, WRITER, PAUSED);
  await harness.settle();

  expect(seen(harness)).toEqual(before);
  expect(harness.backend.calls).toHaveLength(calls);
  expect(await harness.activity('writer')).toEqual(['Created Declared', 'Adopted Adopted']);
  expect(await harness.status('writer')).toMatchObject({ phase: 'Online' });
});

it('deletes nothing while nothing is declared in an emptied database', async () => {
  await using harness = await startTeam();
  const before = seen(harness);
  await harness.kill();
  await emptyDatabase(harness.db);

  await harness.lead(harness.backend.another());
  await harness.settle();
  await harness.collectGarbage();
  await harness.settle();

  expect(seen(harness)).toEqual(before);
});

it('adopts in a second try when the controller dies in the first', async () => {
  await using harness = await startTeam();
  const before = seen(harness);
  await harness.kill();
  await emptyDatabase(harness.db);
  await harness.lead(harness.backend.another());
  await harness.apply(CLASS, DIRECTOR, WRITER, PAUSED);

  harness.process.life.arm({ at: 12, when: 'after' });
  await harness.settle();
  await harness.restart();
  await harness.settle();

  expect(seen(harness)).toEqual(before);
});

it('restarts what was adopted when its declaration has changed meanwhile', async () => {
  await using harness = await startTeam();
  const before = harness.instances().map(({ id }) => id);
  await harness.kill();
  await emptyDatabase(harness.db);

  await harness.lead(harness.backend.another());
  const writer = workspace({ name: 'writer', env: [{ name: 'MODE', value: 'fast' }] });
  await harness.apply(CLASS, DIRECTOR, writer, PAUSED);
  await harness.settle();

  expect(harness.instances().map(({ id }) => id)).toEqual(before);
  expect(await harness.activity('writer')).toContain('Restarted ConfigChanged');
});

it('deletes nothing and doubles nothing when an older copy is restored', async () => {
  await using harness = await startTeam();
  await backUp(harness.db);
  const young = workspace({ name: 'young' });
  await harness.apply(CLASS, DIRECTOR, WRITER, PAUSED, young);
  await harness.settle();
  const before = seen(harness);

  await harness.kill();
  await restore(harness.db);
  await harness.lead(harness.backend.another());
  await harness.settle();
  await harness.collectGarbage();
  await harness.settle();
  const restored = seen(harness);
  await harness.apply(CLASS, DIRECTOR, WRITER, PAUSED, young);
  await harness.settle();

  expect(restored).toEqual(before);
  expect(seen(harness)).toEqual(before);
  expect(await harness.activity('young')).toEqual(['Created Declared', 'Adopted Adopted']);
});

it('takes the newer instance for its own when the copy knows an older attempt', async () => {
  await using harness = await startTeam();
  await backUp(harness.db);
  await harness.apply(CLASS, DIRECTOR, workspace({ name: 'writer', tier: 3 }), PAUSED);
  await harness.settle();
  const before = seen(harness);

  await harness.kill();
  await restore(harness.db);
  await harness.lead(harness.backend.another());
  await harness.apply(CLASS, DIRECTOR, workspace({ name: 'writer', tier: 3 }), PAUSED);
  await harness.settle();

  expect(seen(harness)).toEqual(before);
  expect(await harness.launches('writer')).toMatchObject([
    { attempt: 1, state: 'closed', close_reason: 'Superseded' },
    { attempt: 2, state: 'launched' },
  ]);
});

it('numbers attempts past every mark it sees', async () => {
  await using harness = await startTeam();
  await backUp(harness.db);
  await harness.apply(CLASS, DIRECTOR, workspace({ name: 'writer', tier: 3 }), PAUSED);
  await harness.settle();

  await harness.kill();
  await restore(harness.db);
  harness.instances().forEach(({ id }) => {
    harness.backend.provider.change(id, { state: 'terminated' });
  });
  await harness.lead(harness.backend.another());
  await harness.settle();

  const attempts = (await harness.launches('writer')).map(({ attempt }) => attempt);
  expect(attempts).toEqual([1, 3]);
  expect(harness.instances()).toHaveLength(2);
});

it('fences a leader whose database was restored under it', async () => {
  await using harness = await startTeam();
  await backUp(harness.db);
  await harness.restart();
  await harness.settle();

  await restore(harness.db);
  await harness.apply(CLASS, DIRECTOR, WRITER);
  await harness.look();

  expect(harness.process.fatal).toMatchObject({ name: 'FencedError' });
});
