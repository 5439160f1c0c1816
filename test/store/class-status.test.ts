import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { WorkspaceClassSpec } from '../../api/workspace-class.ts';
import { storeResolvedClass } from '../../store/class-status.ts';
import { lead } from '../support/agent-rows.ts';
import { cloudClass } from '../support/cloud-class.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { apply } from './declarations.ts';

const ASKED = cloudClass();
const RESOLVED = { generation: 1, values: { imageId: 'ami-1' } };

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await sql`truncate classes`.execute(database.db);
});

async function statusAfterAnswer(asked: WorkspaceClassSpec): Promise<unknown> {
  const { db } = database;
  await lead(db, (tx) => storeResolvedClass(tx, { name: 'cloud', spec: asked }, RESOLVED));
  const { status } = await db.selectFrom('classes').select('status').executeTakeFirstOrThrow();
  return status;
}

it('keeps what the provider said of a class', async () => {
  await apply(database.db, [ASKED]);

  expect(await statusAfterAnswer(ASKED.spec)).toEqual({ resolved: RESOLVED });
});

it('drops the answer about a class that was deleted and declared anew meanwhile', async () => {
  await apply(database.db, [cloudClass({ ec2: { image: { id: 'ami-2' } } })]);

  expect(await statusAfterAnswer(ASKED.spec)).toEqual({});
});
