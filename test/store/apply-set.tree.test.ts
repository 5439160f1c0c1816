import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { findWorkspace, listDescendants } from '../../store/workspaces.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { apply, childOf, outcomes, workspace } from './declarations.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await sql`truncate workspaces, activity cascade`.execute(database.db);
});

/** Name to the name of the resolved parent. */
async function readTree(): Promise<Readonly<Record<string, string | null>>> {
  const { rows } = await sql<{ name: string; parent: string | null }>`
    select child.namespace || '/' || child.name as name, parent.namespace || '/' || parent.name as parent
      from workspaces child left join workspaces parent on parent.uid = child.parent_id`.execute(
    database.db,
  );
  return Object.fromEntries(rows.map(({ name, parent }) => [name, parent]));
}

describe('parents', () => {
  it('are resolved when children come first in the same set', async () => {
    await apply(database.db, [
      workspace('c', childOf('b')),
      workspace('b', childOf('a')),
      workspace('a'),
    ]);

    expect(await readTree()).toEqual({
      'default/a': null,
      'default/b': 'default/a',
      'default/c': 'default/b',
    });
  });

  it('are resolved when they appear later, in another set', async () => {
    await apply(database.db, [workspace('child', childOf('boss'))]);
    expect(await readTree()).toEqual({ 'default/child': null });

    await apply(database.db, [workspace('boss')], { applySet: 'other' });

    expect(await readTree()).toEqual({ 'default/child': 'default/boss', 'default/boss': null });
  });

  it('are looked for in the namespace of the child only', async () => {
    await apply(database.db, [
      workspace('boss', {}, { namespace: 'elsewhere' }),
      workspace('child', childOf('boss')),
    ]);

    expect(await readTree()).toEqual({ 'elsewhere/boss': null, 'default/child': null });
  });

  it('follow a move, and a child that becomes a root', async () => {
    await apply(database.db, [
      workspace('a'),
      workspace('b'),
      workspace('one', childOf('a')),
      workspace('two', childOf('a')),
    ]);

    await apply(database.db, [workspace('one', childOf('b')), workspace('two')]);

    expect(await readTree()).toMatchObject({ 'default/one': 'default/b', 'default/two': null });
  });

  it('are stored as they are when they close a cycle or are oneself', async () => {
    const results = await apply(database.db, [
      workspace('a', childOf('b')),
      workspace('b', childOf('a')),
      workspace('me', childOf('me')),
    ]);

    expect(outcomes(results)).toEqual({ a: 'created', b: 'created', me: 'created' });
    expect(await readTree()).toEqual({
      'default/a': 'default/b',
      'default/b': 'default/a',
      'default/me': 'default/me',
    });
  });

  it('may have 5,000 children, which come first', async () => {
    const children = Array.from({ length: 5000 }, (_, index) =>
      workspace(`w${index}`, childOf('boss')),
    );

    await apply(database.db, children);
    await apply(database.db, [workspace('boss')]);

    const boss = await findWorkspace(database.db, 'default', 'boss');
    expect(await listDescendants(database.db, boss?.uid ?? '')).toHaveLength(5000);
  });

  it('may form a chain of 5,000', async () => {
    const chain = Array.from({ length: 5000 }, (_, index) =>
      workspace(`w${index}`, index === 0 ? {} : childOf(`w${index - 1}`)),
    );

    await apply(database.db, chain.reverse());

    const root = await findWorkspace(database.db, 'default', 'w0');
    expect(await listDescendants(database.db, root?.uid ?? '')).toHaveLength(4999);
  });
});
