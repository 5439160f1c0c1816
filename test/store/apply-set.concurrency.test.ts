import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { openDb, type Db } from '../../store/db.ts';
import { acquireEpoch } from '../../store/epoch.ts';
import { fenced } from '../../store/fencing.ts';
import { releaseWorkspace } from '../../store/release-workspace.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { apply, childOf, workspace } from './declarations.ts';

/** A pool of its own, as another process has it. */
function openAnother(database: TestDatabase): Db & AsyncDisposable {
  const db = openDb({
    connection: database.connectionString,
    maxConnections: 4,
    applicationName: 'treeline-test-another',
    onConnectionError: () => undefined,
  });
  return Object.assign(db, { [Symbol.asyncDispose]: () => db.destroy() });
}

async function countRows(db: Db): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) from workspaces`.execute(db);
  return rows[0]?.count ?? -1;
}

describe('applySet, by several processes at once', () => {
  it('creates each workspace once when they declare the same set', async () => {
    await using database = await createTestDatabase();
    await using another = openAnother(database);
    const team = Array.from({ length: 50 }, (_, index) => workspace(`w${index}`));
    const appliers = Array.from({ length: 8 }, (_, index) => (index % 2 ? another : database.db));

    const results = await Promise.all(appliers.map((db) => apply(db, team)));

    const created = results.flat().filter(({ result }) => result === 'created');
    expect(created).toHaveLength(50);
    expect(results.flat()).toHaveLength(400);
    expect(await countRows(database.db)).toBe(50);
  });

  it('gives each name to one of two sets, in whatever order they declare them', async () => {
    await using database = await createTestDatabase();
    await using another = openAnother(database);
    const team = Array.from({ length: 50 }, (_, index) =>
      workspace(`w${index}`, index === 0 ? {} : childOf(`w${index - 1}`)),
    );

    const results = await Promise.all([
      apply(database.db, team, { applySet: 'one' }),
      apply(another, team.toReversed(), { applySet: 'two' }),
      apply(database.db, team.toReversed(), { applySet: 'one' }),
      apply(another, team, { applySet: 'two' }),
    ]);

    const kept = results.flat().filter(({ result }) => result !== 'refused');
    expect(kept).toHaveLength(100);
    expect(await countRows(database.db)).toBe(50);
  });

  it('goes on while a reconciler releases parents under it', async () => {
    await using database = await createTestDatabase();
    await using another = openAnother(database);
    const parents = Array.from({ length: 20 }, (_, index) => workspace(`p${index}`));
    const children = Array.from({ length: 20 }, (_, index) =>
      workspace(`c${index}`, childOf(`p${index}`)),
    );
    const created = await apply(database.db, parents, { applySet: 'parents' });
    await apply(database.db, [], { applySet: 'parents', prune: 'missing' });
    const leadership = (await acquireEpoch(another, 'leader', 15)) ?? { epoch: -1, holder: '' };

    const [, ...released] = await Promise.all([
      apply(database.db, children),
      ...created.map(({ uid }) => fenced(another, leadership, (tx) => releaseWorkspace(tx, uid))),
    ]);

    expect(new Set(released)).toEqual(new Set(['released']));
    expect(await countRows(database.db)).toBe(20);
  });
});
