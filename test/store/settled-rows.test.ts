import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import {
  countPhases,
  listClassVersions,
  listParents,
  listSubtreeUids,
  settledPages,
  type SettledRow,
} from '../../store/settled-rows.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { apply, childOf, workspace, workspaceClass } from './declarations.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await sql`truncate workspaces, classes, launches cascade`.execute(database.db);
});

async function rows(): Promise<ReadonlyMap<string, SettledRow>> {
  const all = (await Array.fromAsync(settledPages(database.db))).flat();
  return new Map(all.map((row) => [row.name, row]));
}

describe('the narrow rows', () => {
  it('say what a decision was made from', async () => {
    await apply(database.db, [
      workspace('root', { desiredState: 'Paused', className: 'small' }),
      workspace('ada', childOf('root')),
    ]);
    const root = (await rows()).get('root');

    expect(root).toMatchObject({ is_paused: true, is_deleting: false, class_name: 'small' });
    expect((await rows()).get('ada')).toMatchObject({
      parent_name: 'root',
      parent_id: root?.uid,
      is_paused: false,
      class_name: null,
      generation: 1,
      requests: null,
      settled_key: null,
      ready: false,
      attempt: null,
      instance_id: null,
    });
  });

  it('show the open launch alone', async () => {
    await apply(database.db, [workspace('ada'), workspace('bob')]);
    await sql`
      insert into launches (workspace_uid, attempt, namespace, name, class_name, backend, token, params,
                            inputs_hash, config_hash, state, instance_id)
      select uid, attempt, 'default', name, 'local', 'process', name || attempt, '{}', '', '',
             case when name = 'ada' and attempt = 2 then 'launched' else 'closed' end, 'i-' || attempt
        from workspaces, generate_series(1, 2) as attempt`.execute(database.db);

    const all = await rows();

    expect(all.size).toBe(2);
    expect(all.get('ada')).toMatchObject({ attempt: 2, instance_id: 'i-2', backend: 'process' });
    expect(all.get('bob')).toMatchObject({ attempt: null, instance_id: null, backend: null });
  });
});

describe('the pages', () => {
  it.each<readonly [number, number | undefined, readonly number[]]>([
    [0, 2, [0]],
    [1, 2, [1]],
    [2, 2, [2, 0]],
    [5, 2, [2, 2, 1]],
    [5, undefined, [5]],
  ])('of %i records, %s at a time, hold each once', async (count, pageSize, lengths) => {
    const names = Array.from({ length: count }, (_, index) => `ada-${index}`);
    await apply(
      database.db,
      names.map((name) => workspace(name)),
    );

    const pages = await Array.fromAsync(settledPages(database.db, pageSize));

    expect(pages.map((page) => page.length)).toEqual(lengths);
    expect(
      pages
        .flat()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(names);
  });
});

it('lists those that have children, with how many of these are ready', async () => {
  await apply(database.db, [
    workspace('root', { desiredState: 'Paused' }),
    ...['ada', 'bob'].map((name) => workspace(name, childOf('root'))),
    workspace('eve'),
  ]);
  await sql`update workspaces set ready = true where name in ('root', 'bob')`.execute(database.db);

  const parents = await listParents(database.db);

  expect(parents).toMatchObject([
    { name: 'root', parent_id: null, is_paused: true, children: { total: 2, ready: 1 } },
  ]);
});

it('lists classes by name', async () => {
  await apply(database.db, [workspaceClass('b', { default: true }), workspaceClass('a')]);

  const classes = await listClassVersions(database.db);

  expect(classes).toMatchObject([
    { name: 'a', generation: 1, spec: { backend: 'process' } },
    { name: 'b', generation: 1, spec: { default: true } },
  ]);
});

it('finds everything below a record, also where a cycle leads back to it', async () => {
  await apply(database.db, [
    workspace('a', childOf('c')),
    workspace('b', childOf('a')),
    workspace('c', childOf('b')),
    workspace('leaf', childOf('b')),
    workspace('other'),
  ]);
  const all = await rows();
  const uidOf = (name: string): string => all.get(name)?.uid ?? 'none';

  const below = await listSubtreeUids(database.db, [uidOf('b')]);

  expect([...below].sort()).toEqual(['a', 'b', 'c', 'leaf'].map(uidOf).sort());
});

it('counts workspaces by phase', async () => {
  await apply(database.db, [workspace('a'), workspace('b'), workspace('c')]);
  await sql`update workspaces set phase = 'Online' where name <> 'c'`.execute(database.db);

  const counts = await countPhases(database.db);

  expect(new Map(counts.map(({ phase, count }) => [phase, count]))).toEqual(
    new Map([
      ['Online', 2],
      ['Pending', 1],
    ]),
  );
});
