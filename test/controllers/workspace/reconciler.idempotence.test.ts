import { expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Declaration } from '../../../api/objects.ts';
import { inTransaction } from '../../../store/db.ts';
import { setCollapsed, setLayout } from '../../../store/edit-workspace.ts';
import { uidOf } from '../../support/uid-of.ts';
import { Harness } from '../../support/harness.ts';
import { processClass, workspace } from '../../support/manifests.ts';
import { fingerprint } from '../../support/rows.ts';

const TEAM: readonly Declaration[] = [
  processClass(),
  workspace({ name: 'director' }),
  workspace({ name: 'writer', parentRef: { name: 'director' } }),
  workspace({ name: 'editor', parentRef: { name: 'director' }, desiredState: 'Paused' }),
];

/** A team that has come to rest. */
async function startTeam(connections = 4): Promise<Harness> {
  const harness = await Harness.start({ connections });
  await harness.apply(...TEAM);
  await harness.settle();
  harness.log.clear();
  return harness;
}

it('does nothing more when the same declarations are applied a hundred times', async () => {
  await using harness = await startTeam();
  const before = await fingerprint(harness.db);

  for (let time = 0; time < 100; time += 1) {
    await harness.apply(...TEAM);
  }
  await harness.settle();

  expect(await fingerprint(harness.db)).toBe(before);
  expect(harness.actions()).toEqual([]);
  expect(harness.backend.calls.map(({ method }) => method)).toEqual(['launch', 'launch']);
});

it('gives each workspace once to many callers who apply the same at once', async () => {
  await using harness = await Harness.start();

  const results = await Promise.all(Array.from({ length: 20 }, () => harness.apply(...TEAM)));
  await harness.settle();

  const created = results.flat().filter(({ result }) => result === 'created');
  expect(created).toHaveLength(TEAM.length);
  expect(harness.instances()).toHaveLength(2);
  expect(await harness.activity('writer')).toEqual(['Created Declared', 'Launched Launched']);
});

it('costs no write and no call when nothing changes', async () => {
  await using harness = await startTeam(1);
  const before = [await fingerprint(harness.db), await countWrites(harness)];
  const calls = harness.backend.calls.length;

  for (let look = 0; look < 3; look += 1) {
    await harness.advance(2);
    await harness.look();
  }

  expect([await fingerprint(harness.db), await countWrites(harness)]).toEqual(before);
  expect(harness.backend.calls).toHaveLength(calls);
});

it('costs no write and no call to take over a world at rest', async () => {
  await using harness = await startTeam(1);
  const before = await countWrites(harness);
  const calls = harness.backend.calls.length;

  await harness.restart();
  await harness.settle();

  // The epoch of the new leader is the one row that changed.
  expect(await countWrites(harness)).toBe(before + 1);
  expect(harness.backend.calls).toHaveLength(calls);
});

it('only remembers how the picture of the tree looks', async () => {
  await using harness = await startTeam();
  const uid = await uidOf(harness, 'director');

  await inTransaction(harness.db, (tx) => setCollapsed(tx, uid, true));
  await inTransaction(harness.db, (tx) => setLayout(tx, uid, { x: 1, y: 2 }));
  await harness.settle();

  expect(harness.actions()).toEqual([]);
  expect(await readPicture(harness)).toEqual({
    collapsed: true,
    layout: { x: 1, y: 2 },
    generation: 1,
  });
});

it('folds a declared team without touching its instances', async () => {
  await using harness = await startTeam();

  await harness.apply(
    ...TEAM.slice(0, 1),
    workspace({ name: 'director', collapsed: true, layout: { x: 3, y: 4 } }),
    ...TEAM.slice(2),
  );
  await harness.settle();

  expect(harness.actions()).toEqual([]);
  expect(await readPicture(harness)).toMatchObject({ collapsed: true, generation: 1 });
});

async function readPicture({ db }: Harness) {
  return await db
    .selectFrom('workspaces')
    .select(['collapsed', 'layout', 'generation'])
    .where('name', '=', 'director')
    .executeTakeFirstOrThrow();
}

/** Rows written to the tables of the project since the server was started, as PostgreSQL counts them. */
async function countWrites({ db }: Harness): Promise<number> {
  await sql`select pg_stat_force_next_flush()`.execute(db);
  await sql`select pg_stat_clear_snapshot()`.execute(db);
  const { rows } = await sql<{ writes: number }>`
    select sum(n_tup_ins + n_tup_upd + n_tup_del)::int as writes
      from pg_stat_user_tables where schemaname = 'public'`.execute(db);
  return rows[0]?.writes ?? 0;
}
