import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import {
  ConflictError,
  StoreFullError,
  StoreUnavailableError,
  UnauthorizedError,
} from '../../lib/errors.ts';
import { inTransaction, openDb, type Db } from '../../store/db.ts';
import { translateStoreError } from '../../store/translate.ts';
import { createTestDatabase } from '../support/postgres.ts';

function open(connection: string): Db & AsyncDisposable {
  const db = openDb({
    connection,
    maxConnections: 2,
    applicationName: 'treeline-test-db',
    onConnectionError: () => undefined,
  });
  return Object.assign(db, { [Symbol.asyncDispose]: () => db.destroy() });
}

async function endConnections(db: Db, exceptOwn: string): Promise<void> {
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
             where datname = current_database() and application_name <> ${exceptOwn}
               and pid <> pg_backend_pid()`.execute(db);
}

function sqlError(code: string, message = 'what the server says'): Error {
  return Object.assign(new Error(message), { code });
}

describe('openDb', () => {
  it('gives int8 as a number', async () => {
    await using database = await createTestDatabase();

    const { rows } = await sql`select count(*) as count, 5000000000::int8 as large`.execute(
      database.db,
    );

    expect(rows).toEqual([{ count: 1, large: 5_000_000_000 }]);
  });

  it('limits how long a session may sit in a transaction, and a statement may run', async () => {
    await using database = await createTestDatabase();

    const { rows } = await sql`
      select current_setting('idle_in_transaction_session_timeout') as idle,
             current_setting('statement_timeout') as statement`.execute(database.db);

    expect(rows).toEqual([{ idle: '5s', statement: '30s' }]);
  });

  it('says unavailable when the connection is lost in a transaction, and goes on with a new one', async () => {
    await using database = await createTestDatabase();
    await using db = open(database.connectionString);

    const lost = inTransaction(db, async (tx) => {
      await tx.insertInto('installation').values({ id: 'lost' }).execute();
      await endConnections(database.db, 'treeline-test');
      await tx.selectFrom('installation').selectAll().execute();
    });

    await expect(lost).rejects.toThrow(StoreUnavailableError);
    expect(await db.selectFrom('installation').selectAll().execute()).toEqual([]);
  });

  it('survives the loss of idle connections', async () => {
    await using database = await createTestDatabase();
    await using db = open(database.connectionString);
    await sql`select 1`.execute(db);

    await endConnections(database.db, 'treeline-test');

    await expect(trySeveralTimes(() => sql`select 1`.execute(db))).resolves.toBeDefined();
  });

  it.each([
    ['nobody listens on the port', 'postgres://u:p@127.0.0.1:1/none'],
    ['there is no such socket', 'postgres://u:p@localhost/none?host=/nonexistent'],
  ])('says unavailable when %s', async (_case, connection) => {
    await using db = open(connection);

    await expect(sql`select 1`.execute(db)).rejects.toThrow(StoreUnavailableError);
  });

  it('leaves errors of a statement as they are', async () => {
    await using database = await createTestDatabase();

    await expect(sql`select * from nothing`.execute(database.db)).rejects.toThrow(
      'relation "nothing" does not exist',
    );
  });
});

/** The loss of an idle connection is noticed a moment later than it happens. */
async function trySeveralTimes<T>(work: () => Promise<T>): Promise<T> {
  const giveUpAt = Date.now() + 10_000;
  let failure: unknown;
  while (Date.now() < giveUpAt) {
    try {
      return await work();
    } catch (error) {
      failure = error;
      expect(error).toBeInstanceOf(StoreUnavailableError);
    }
  }
  throw failure;
}

describe('translateStoreError', () => {
  it.each(['57P01', '57P02', '57P03', '08006', '08001', 'ECONNREFUSED', 'ENOENT', '53300'])(
    'makes %s one of unavailability that is tried again with backoff',
    (code) => {
      const translated = translateStoreError(sqlError(code));

      expect(translated).toBeInstanceOf(StoreUnavailableError);
      expect(translated).toMatchObject({ reason: 'StoreUnavailable', retry: { kind: 'backoff' } });
    },
  );

  it.each(['Connection terminated unexpectedly', 'Query read timeout'])(
    'knows "%s" without a code',
    (message) => {
      expect(translateStoreError(new Error(message))).toBeInstanceOf(StoreUnavailableError);
    },
  );

  it('says what to do about a full disk', () => {
    const translated = translateStoreError(sqlError('53100', 'No space left on device'));

    expect(translated).toBeInstanceOf(StoreFullError);
    expect(String(translated)).toMatch(
      /disk is full \(No space left on device\); free or add space/,
    );
  });

  it('makes a deadlock a conflict and bad credentials an operator’s matter', () => {
    expect(translateStoreError(sqlError('40P01'))).toBeInstanceOf(ConflictError);
    expect(translateStoreError(sqlError('28P01'))).toBeInstanceOf(UnauthorizedError);
  });

  it('leaves every other error as it is', () => {
    const bug = sqlError('42703');

    expect(translateStoreError(bug)).toBe(bug);
  });
});
