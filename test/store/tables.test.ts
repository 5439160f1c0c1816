import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { PHASES } from '../../api/conditions.ts';
import { APPLY_SET_STATES, GARBAGE_DECISIONS, LAUNCH_STATES } from '../../store/tables.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { readDeclaredTables, type Columns } from './declared-tables.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

/** The tables as they are; int4, int8 and float8 are all `number`. */
async function readLiveTables(): Promise<Columns> {
  const { rows } = await sql<{ table: string; columns: Record<string, string> }>`
    select table_name as table, jsonb_object_agg(column_name,
             case udt_name when 'int4' then 'number' when 'int8' then 'number' when 'float8' then 'number' when 'bool' then 'boolean'
                           else udt_name end
             || case is_nullable when 'NO' then ' not null' else '' end
             || case when column_default is null and is_identity = 'NO' then '' else ' default' end) as columns
      from information_schema.columns
     where table_schema = current_schema() and table_name <> 'treeline_schema'
     group by table_name`.execute(database.db);
  return Object.fromEntries(rows.map(({ table, columns }) => [table, columns]));
}

async function readAllowedWords(table: string, column: string): Promise<readonly string[]> {
  const { rows } = await sql<{ definition: string }>`
    select pg_get_constraintdef(oid) as definition from pg_constraint
     where conrelid = ${table}::regclass and conname = ${`${table}_${column}_check`}`.execute(
    database.db,
  );
  return [...(rows[0]?.definition ?? '').matchAll(/'(\w+)'/g)].map(([, word]) => String(word));
}

describe('the tables', () => {
  it('are what store/tables.ts says, column by column', async () => {
    expect(await readLiveTables()).toEqual(readDeclaredTables());
  });

  it.each([
    ['workspaces', 'phase', PHASES],
    ['apply_sets', 'state', APPLY_SET_STATES],
    ['launches', 'state', LAUNCH_STATES],
    ['garbage', 'decision', GARBAGE_DECISIONS],
  ])('allow in %s.%s exactly the words of the union type', async (table, column, words) => {
    expect(await readAllowedWords(table, column)).toEqual([...words]);
  });

  it('allow one open launch per workspace, and one row per token', async () => {
    const launch = (attempt: number, state: string, token: string) => sql`
      insert into launches (workspace_uid, attempt, namespace, name, class_name, backend, token,
                            params, inputs_hash, config_hash, state)
      values ('w', ${attempt}, 'default', 'w', 'c', 'process', ${token}, '{}', '', '', ${state})`;
    await launch(1, 'closed', 'one').execute(database.db);
    await launch(2, 'pending', 'two').execute(database.db);

    await expect(launch(3, 'launched', 'three').execute(database.db)).rejects.toThrow(
      'launches_one_open',
    );
    await expect(launch(3, 'closed', 'one').execute(database.db)).rejects.toThrow(
      'launches_token_key',
    );
  });
});
