import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { EXIT } from '../../../cmd/exit-codes.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { runCli, type CliResult } from '../run-cli.ts';

let database: TestDatabase;
let folder = '';

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'treeline-db-'));
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const run = (
  argv: readonly string[],
  databaseUrl = database.connectionString,
): Promise<CliResult> =>
  runCli([...argv, '--data-dir', join(folder, 'data')], { env: { DATABASE_URL: databaseUrl } });

const AWAY = 'postgres://nobody:secret@127.0.0.1:1/nothing';

describe('db migrate', () => {
  it('says at which schema the database is', async () => {
    expect(await run(['db', 'migrate'])).toEqual({
      code: EXIT.ok,
      stdout: expect.stringMatching(/^the database is at schema \d+ \(\w+\)\n$/) as unknown,
      stderr: '',
    });
  });

  it('refuses a database that is not ours', async () => {
    await using other = await createTestDatabase();
    await sql`drop schema public cascade`.execute(other.db);
    await sql`create schema public`.execute(other.db);
    await sql`create table customers (id int)`.execute(other.db);

    const result = await run(['db', 'migrate'], other.connectionString);

    expect(result.code).toBe(EXIT.failure);
    expect(result.stderr).toContain("this database is not Treeline's: it holds customers");
  });

  it('says what to check when no database answers', async () => {
    const result = await run(['db', 'migrate'], AWAY);

    expect(result.code).toBe(EXIT.failure);
    expect(result.stderr).toMatch(/ECONNREFUSED.*: check DATABASE_URL/);
    expect(result.stderr).not.toContain('secret');
  });
});

describe('run', () => {
  it('lists everything that is wrong with the command line', async () => {
    const result = await run(['run', '--listen', '0.0.0.0:1', '--garbage', 'maybe']);

    expect(result.code).toBe(EXIT.usage);
    expect(result.stderr.trimEnd().split('\n')).toHaveLength(2);
  });

  it('does not take a database that is away for a bug', async () => {
    const result = await run(['run', '--log-level', 'error'], AWAY);

    expect(result.code).toBe(EXIT.failure);
    expect(result.stderr).toContain('check DATABASE_URL');
  });

  it.each([
    ['below a file', (below: string) => join(below, 'file', 'data')],
    ['where no folder can be made', () => '/proc/nothing/data'],
  ])('does not take a data folder %s for a bug', async (_title, path) => {
    await writeFile(join(folder, 'file'), '');

    const result = await runCli(['run', '--data-dir', path(folder)]);

    expect(result.code).toBe(EXIT.failure);
    expect(result.stderr).toContain('choose another with --data-dir');
  });
});
