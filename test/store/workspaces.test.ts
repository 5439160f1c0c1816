import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import {
  findWorkspace,
  findWorkspaceByUid,
  listDescendants,
  listWorkspaces,
  type WorkspaceQuery,
} from '../../store/workspaces.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { apply, childOf, workspace } from './declarations.ts';

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

async function listNames(query: Partial<WorkspaceQuery>): Promise<readonly string[]> {
  const found = await listWorkspaces(database.db, { limit: 100, ...query });
  return found.map(({ namespace, name }) => `${namespace}/${name}`);
}

async function listDescendantNames(name: string): Promise<readonly string[]> {
  const root = await findWorkspace(database.db, 'default', name);
  const found = await listDescendants(database.db, root?.uid ?? '');
  return found.map((one) => one.name);
}

describe('findWorkspace', () => {
  it('answers undefined for what does not exist', async () => {
    expect(await findWorkspace(database.db, 'default', 'nobody')).toBeUndefined();
    expect(await findWorkspaceByUid(database.db, 'any text')).toBeUndefined();
  });

  it('finds the same by name and by uid', async () => {
    const [created] = await apply(database.db, [workspace('ada')]);

    const found = await findWorkspaceByUid(database.db, created?.uid ?? '');

    expect(found).toMatchObject({ name: 'ada' });
    expect(await findWorkspace(database.db, 'default', 'ada')).toEqual(found);
  });
});

describe('listWorkspaces', () => {
  beforeEach(async () => {
    await apply(database.db, [
      workspace('b-2', {}, { labels: { team: 'design', stage: 'old' } }),
      workspace('b', {}, { labels: { team: 'design' } }),
      workspace('a'),
      workspace('a', {}, { namespace: 'zoo' }),
    ]);
  });

  it('orders by namespace and name, byte by byte', async () => {
    expect(await listNames({})).toEqual(['default/a', 'default/b', 'default/b-2', 'zoo/a']);
    expect(await listNames({ namespace: 'zoo' })).toEqual(['zoo/a']);
  });

  it('cuts pages after the last one of the page before', async () => {
    expect(await listNames({ limit: 2 })).toEqual(['default/a', 'default/b']);
    expect(await listNames({ limit: 2, after: { namespace: 'default', name: 'b' } })).toEqual([
      'default/b-2',
      'zoo/a',
    ]);
  });

  it('selects by labels; an absent label differs from every value', async () => {
    const isDesign = { key: 'team', value: 'design', isEqual: true };
    const isNotOld = { key: 'stage', value: 'old', isEqual: false };

    expect(await listNames({ labelSelector: [isDesign] })).toEqual(['default/b', 'default/b-2']);
    expect(await listNames({ labelSelector: [isDesign, isNotOld] })).toEqual(['default/b']);
    expect(await listNames({ labelSelector: [isNotOld] })).toEqual([
      'default/a',
      'default/b',
      'zoo/a',
    ]);
  });
});

describe('listDescendants', () => {
  it('goes down all levels, without the workspace itself', async () => {
    await apply(database.db, [
      workspace('a'),
      workspace('b', childOf('a')),
      workspace('c', childOf('b')),
      workspace('d'),
    ]);

    expect(await listDescendantNames('a')).toEqual(['b', 'c']);
    expect(await listDescendantNames('c')).toEqual([]);
  });

  it('ends in a cycle', async () => {
    await apply(database.db, [workspace('a', childOf('b')), workspace('b', childOf('a'))]);

    expect(await listDescendantNames('a')).toEqual(['b']);
  });
});
