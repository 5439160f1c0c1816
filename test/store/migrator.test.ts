import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { MIGRATIONS } from '../../migrations/migrations.ts';
import { migrate, readSchema } from '../../store/migrator.ts';
import { assertServerIsNewEnough, type Migration } from '../../store/schema-version.ts';
import { createEmptyDatabase } from './empty-database.ts';

function step(number: number, overrides: Partial<Migration> = {}): Migration {
  return {
    number,
    name: `step_${number}`,
    isBreaking: false,
    up: async (db) => {
      await sql.raw(`create table step_${number} (id integer)`).execute(db);
    },
    ...overrides,
  };
}

function binary(version: string, ...migrations: readonly Migration[]) {
  return { migrations, binaryVersion: version };
}

describe('migrate', () => {
  it('migrates once when ten processes start at once', async () => {
    await using database = await createEmptyDatabase();
    const starters = Array.from({ length: 10 }, () => database.open());

    const applied = await Promise.all(
      starters.map((db) => migrate(db, { migrations: MIGRATIONS, binaryVersion: '1.0.0' })),
    );

    expect(applied.flat()).toEqual(MIGRATIONS.map(({ number }) => number));
    expect(await readSchema(database.db)).toHaveLength(MIGRATIONS.length);
  });

  it('applies only the steps that the database lacks', async () => {
    await using database = await createEmptyDatabase();
    await migrate(database.db, binary('1.0.0', step(1)));

    expect(await migrate(database.db, binary('1.1.0', step(1), step(2)))).toEqual([2]);
    expect(await readSchema(database.db)).toMatchObject([
      { number: 1, binaryVersion: '1.0.0' },
      { number: 2, binaryVersion: '1.1.0' },
    ]);
  });

  it('leaves the database as it was when a step fails', async () => {
    await using database = await createEmptyDatabase();
    const failing = step(2, { up: () => Promise.reject(new Error('no such column')) });

    await expect(migrate(database.db, binary('1.0.0', step(1), failing))).rejects.toThrow(
      'no such column',
    );

    expect(await readSchema(database.db)).toEqual([]);
  });

  it('runs on a newer schema whose steps do not break older versions', async () => {
    await using database = await createEmptyDatabase();
    await migrate(database.db, binary('1.1.0', step(1), step(2)));

    expect(await migrate(database.db, binary('1.0.0', step(1)))).toEqual([]);
  });

  it('refuses a database that is newer by a breaking step, naming both versions', async () => {
    await using database = await createEmptyDatabase();
    await migrate(database.db, binary('2.3.0', step(1), step(2, { isBreaking: true })));

    await expect(migrate(database.db, binary('1.0.0', step(1)))).rejects.toThrow(
      /schema 2 \(step_2\) was applied by Treeline 2\.3\.0 .*this is Treeline 1\.0\.0 with schema 1; run Treeline 2\.3\.0 or newer/,
    );
  });

  it('refuses a database with tables that are not ours, and leaves it alone', async () => {
    await using database = await createEmptyDatabase();
    await sql`create table invoices (id integer)`.execute(database.db);

    await expect(migrate(database.db, binary('1.0.0', step(1)))).rejects.toThrow(
      /not Treeline's: it holds invoices .*database of its own/,
    );
    const { rows } = await sql`select to_regclass('treeline_schema') as found`.execute(database.db);

    expect(rows).toEqual([{ found: null }]);
  });

  it('refuses a database whose treeline_schema is somebody else’s', async () => {
    await using database = await createEmptyDatabase();
    await sql`create table treeline_schema (tree text)`.execute(database.db);

    await expect(migrate(database.db, binary('1.0.0', step(1)))).rejects.toThrow(/not Treeline's/);
  });

  it('refuses a database that was migrated by other steps of the same numbers', async () => {
    await using database = await createEmptyDatabase();
    await migrate(database.db, binary('1.0.0', step(1)));

    await expect(migrate(database.db, binary('1.0.0', step(1, { name: 'other' })))).rejects.toThrow(
      /migration 1 of this database is "step_1"/,
    );
  });
});

describe('the server', () => {
  it.each([
    [150_000, '15.0'],
    [180_004, '18.4'],
  ])('may be version %i', (number, name) => {
    expect(() => {
      assertServerIsNewEnough({ number, name });
    }).not.toThrow();
  });

  it('may not be older than 15, and the message says what it is', () => {
    expect(() => {
      assertServerIsNewEnough({ number: 140_012, name: '14.12' });
    }).toThrow(/PostgreSQL 14\.12, and Treeline needs 15 or newer/);
  });
});
