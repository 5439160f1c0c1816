import { sql } from 'kysely';
import type { Db } from '../../store/db.ts';

/**
 * Gives a test database a clock of the test's own: `now()` and `clock_timestamp()` of every later connection answer
 * what `setDatabaseTime` stored. A function of that name in a schema before pg_catalog is found first.
 */
export async function installDatabaseClock(db: Db, name: string): Promise<void> {
  await sql.raw('create schema test_clock').execute(db);
  await sql.raw('create table test_clock.instant (at timestamptz not null)').execute(db);
  await sql.raw("insert into test_clock.instant values ('2026-01-01T00:00:00Z')").execute(db);
  for (const function_ of ['now', 'clock_timestamp']) {
    await sql
      .raw(
        `create function test_clock.${function_}() returns timestamptz language sql stable
           as 'select at from test_clock.instant'`,
      )
      .execute(db);
  }
  await moveDefaults(db);
  await sql
    .raw(`alter database ${name} set search_path = public, test_clock, pg_catalog`)
    .execute(db);
}

/** A default means the function that was found when the table was made. */
async function moveDefaults(db: Db): Promise<void> {
  const { rows } = await sql<{ readonly table: string; readonly column: string }>`
    select table_name as table, column_name as column
      from information_schema.columns
     where table_schema = 'public' and column_default = 'now()'`.execute(db);
  for (const { table, column } of rows) {
    await sql
      .raw(`alter table ${table} alter column ${column} set default test_clock.now()`)
      .execute(db);
  }
}

export async function setDatabaseTime(db: Db, at: Date): Promise<void> {
  await sql`update test_clock.instant set at = ${at}`.execute(db);
}
