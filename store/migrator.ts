import { sql } from 'kysely';
import { inTransaction, type Db, type Transaction } from './db.ts';
import {
  SchemaRefusedError,
  assertServerIsNewEnough,
  assertUsable,
  pendingMigrations,
} from './schema-version.ts';
import type { AppliedMigration, Migration } from './schema-version.ts';

export interface MigrateOptions {
  /** Ascending by number; what another branch took may be missing. */
  readonly migrations: readonly Migration[];
  /** Version of this binary, for the message to one that comes later. */
  readonly binaryVersion: string;
}

/** Any number no other application takes in the same database; "tree" in ASCII. */
const MIGRATION_LOCK = 0x74726565;

/**
 * Brings the database to the newest migration, in one transaction and one process at a time; answers the numbers that
 * were applied now. A newer schema is accepted unless a step is breaking.
 * Throws `SchemaRefusedError` for a server that is too old, a database that is not ours, or too new, and `StoreUnavailableError` when another
 * process has been migrating for longer than the timeout of a statement.
 */
export async function migrate(db: Db, options: MigrateOptions): Promise<readonly number[]> {
  return await inTransaction(db, async (tx) => {
    assertServerIsNewEnough(await readServer(tx));
    await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(tx);
    const applied = await readSchema(tx);
    assertUsable(applied, options);
    const pending = pendingMigrations(applied, options.migrations);
    for (const migration of pending) {
      await apply(tx, migration, options.binaryVersion);
    }
    return pending.map(({ number }) => number);
  });
}

/** The version of the server, as a number and as people write it. */
export async function readServer(tx: Db | Transaction): Promise<{ number: number; name: string }> {
  const { rows } = await sql<{ number: number; name: string }>`
    select current_setting('server_version_num')::int as number,
           current_setting('server_version') as name`.execute(tx);
  return rows[0] ?? { number: 0, name: 'unknown' };
}

/**
 * The migrations of this database, oldest first; [] when it is empty.
 * Throws `SchemaRefusedError` when it holds tables that are not ours.
 */
export async function readSchema(db: Db | Transaction): Promise<readonly AppliedMigration[]> {
  const tables = await listTables(db);
  if (tables.length === 0) {
    return [];
  }
  if (!(await isOurs(db))) {
    throw new SchemaRefusedError(
      `this database is not Treeline's: it holds ${tables.slice(0, 3).join(', ')}${tables.length > 3 ? ', ...' : ''} ` +
        'and no treeline_schema; give Treeline a database of its own (create database treeline)',
    );
  }
  const { rows } = await sql<AppliedMigration>`
    select number, name, is_breaking as "isBreaking", binary_version as "binaryVersion"
      from treeline_schema order by number`.execute(db);
  return rows;
}

// What an extension brought along (PostGIS has tables of its own) says nothing about whose database it is.
async function listTables(db: Db | Transaction): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_class c
     where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
       and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'e')
     order by 1`.execute(db);
  return rows.map(({ name }) => name);
}

async function isOurs(db: Db | Transaction): Promise<boolean> {
  const { rows } = await sql<{ count: number }>`
    select count(*) from information_schema.columns
     where table_schema = current_schema() and table_name = 'treeline_schema'
       and column_name in ('number', 'name', 'is_breaking', 'binary_version')`.execute(db);
  return rows[0]?.count === 4;
}

async function apply(tx: Transaction, migration: Migration, binaryVersion: string): Promise<void> {
  await sql`
    create table if not exists treeline_schema (
      number integer primary key,
      name text not null,
      is_breaking boolean not null,
      applied_at timestamptz not null default now(),
      binary_version text not null
    )`.execute(tx);
  await migration.up(tx);
  await sql`
    insert into treeline_schema (number, name, is_breaking, binary_version)
    values (${migration.number}, ${migration.name}, ${migration.isBreaking}, ${binaryVersion})`.execute(
    tx,
  );
}
