import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageWithCauses } from '../../lib/error-message.ts';
import { MIGRATIONS } from '../../migrations/migrations.ts';
import { openDb, type Db } from '../../store/db.ts';
import { findBinaries } from '../../store/embedded/binaries.ts';
import { readSchema, readServer } from '../../store/migrator.ts';
import {
  assertServerIsNewEnough,
  assertUsable,
  pendingMigrations,
  SchemaRefusedError,
} from '../../store/schema-version.ts';
import type { DatabaseOptions } from '../options.ts';
import { failure, ok, warning, type Finding } from './finding.ts';

export interface DatabaseCheck extends DatabaseOptions {
  readonly binaryVersion: string;
  /** Processes of the controllers that work on the data folder. */
  readonly controllers: readonly number[];
}

/** Changes nothing: neither starts a server nor migrates. */
export async function checkDatabase(check: DatabaseCheck): Promise<Finding> {
  return check.databaseUrl === undefined
    ? checkEmbedded(check)
    : checkServer(check.databaseUrl, check.binaryVersion);
}

async function checkEmbedded({ dataDir, controllers }: DatabaseCheck): Promise<Finding> {
  try {
    await findBinaries(process.platform, process.arch);
  } catch (error) {
    return failure('database', describe(error), 'run `npm ci` again, or set DATABASE_URL');
  }
  if (controllers.length > 0) {
    return ok('database', 'the embedded PostgreSQL runs with the controller');
  }
  const data = await stat(join(dataDir, 'postgres', 'data')).catch(() => undefined);
  return ok(
    'database',
    data === undefined
      ? 'an embedded PostgreSQL will be made by `treeline run`'
      : 'the embedded PostgreSQL has data and starts with `treeline run`',
  );
}

async function checkServer(databaseUrl: string, binaryVersion: string): Promise<Finding> {
  const db = openDb({
    connection: databaseUrl,
    maxConnections: 1,
    applicationName: 'treeline-doctor',
    onConnectionError: () => undefined,
  });
  try {
    return await checkConnected(db, binaryVersion);
  } catch (error) {
    const todo =
      error instanceof SchemaRefusedError
        ? 'give Treeline the right database'
        : 'check DATABASE_URL, and that the server runs';
    return failure('database', describe(error), todo);
  } finally {
    await db.destroy();
  }
}

async function checkConnected(db: Db, binaryVersion: string): Promise<Finding> {
  const server = await readServer(db);
  assertServerIsNewEnough(server);
  const applied = await readSchema(db);
  assertUsable(applied, { migrations: MIGRATIONS, binaryVersion });
  const pending = pendingMigrations(applied, MIGRATIONS);
  return pending.length === 0
    ? ok('database', `PostgreSQL ${server.name}, schema ${applied.at(-1)?.number ?? 0}`)
    : warning(
        'database',
        `PostgreSQL ${server.name}, ${pending.length} migrations to come`,
        '`treeline run` makes them, or `treeline db migrate` beforehand',
      );
}

function describe(error: unknown): string {
  return error instanceof Error ? messageWithCauses(error) : String(error);
}
