import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { listOwnedObjects } from '../../store/owned-objects.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { apply, workspace, workspaceClass } from './declarations.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await sql`truncate workspaces, classes cascade`.execute(database.db);
});

async function owned(applySet: string): Promise<readonly string[]> {
  const objects = await listOwnedObjects(database.db, applySet);
  return objects.map(({ kind, name, origin }) => `${kind} ${name} ${origin ?? 'nowhere'}`);
}

it('lists what one set declares, of every kind, with the lines of its manifests', async () => {
  await apply(
    database.db,
    [workspace('b', {}, { origin: 'team.yaml:1' }), workspace('a'), workspaceClass('local')],
    { applySet: 'directory' },
  );
  await apply(database.db, [workspace('c')], { applySet: 'cli' });

  expect(await owned('directory')).toEqual([
    'Workspace a nowhere',
    'Workspace b team.yaml:1',
    'WorkspaceClass local nowhere',
  ]);
});

it('leaves out what is being deleted', async () => {
  await apply(database.db, [workspace('a')]);
  await apply(database.db, [], { prune: 'missing' });

  expect(await owned('cli')).toEqual([]);
});

it('counts a name that is declared again while it is being deleted, for the set that declares it', async () => {
  await apply(database.db, [workspace('a')]);
  await apply(database.db, [], { prune: 'missing' });
  await apply(database.db, [workspace('a')], { applySet: 'directory' });

  expect(await owned('directory')).toEqual(['Workspace a nowhere']);
  expect(await owned('cli')).toEqual([]);
});
