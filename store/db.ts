import { Kysely, PostgresDialect, type Transaction as KyselyTransaction } from 'kysely';
import { Pool, types } from 'pg';
import type { Database } from './tables.ts';
import { translatingPool } from './translating-pool.ts';

export type Db = Kysely<Database>;
export type Transaction = KyselyTransaction<Database>;

/** A PostgreSQL URL, or its parts; `host` may be the folder of a unix socket. */
export type ConnectionTarget =
  | string
  | {
      readonly host: string;
      readonly port: number;
      readonly user: string;
      readonly password: string;
      readonly database: string;
    };

export interface DbOptions {
  readonly connection: ConnectionTarget;
  readonly maxConnections: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  /** Told of every idle connection that is lost; the next query opens a new one. */
  readonly onConnectionError: (error: Error) => void;
}

/** A stopped process must not hold its locks, and with them its successor (design §12). */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 5_000;
/** Longer than any statement of ours on 50,000 records; what takes longer waits for a lock. */
const STATEMENT_TIMEOUT_MS = 30_000;
/** Above the statement's own timeout: only a server that is stopped or cut off lets it pass. */
const ANSWER_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 5_000;
/** Also how long a caller waits for a free connection of the pool. */
const CONNECT_TIMEOUT_MS = 10_000;

const INT8_OID = types.builtins.INT8;

/** `pg` settings of a connection: where to, and the timeouts of its session. */
export function connectionConfig(connection: ConnectionTarget, applicationName: string) {
  return {
    ...(typeof connection === 'string' ? { connectionString: connection } : connection),
    application_name: applicationName,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    types: { getTypeParser },
  };
}

/**
 * A pool of connections; connects on first use. `db.destroy()` ends it.
 * Queries throw `StoreUnavailableError` when PostgreSQL cannot be reached or is lost, `StoreFullError`, `ConflictError`
 * (deadlock), `UnauthorizedError` (credentials), else the error of `pg` as it is.
 */
export function openDb({
  connection,
  maxConnections,
  applicationName,
  onConnectionError,
}: DbOptions): Db {
  const pool = new Pool({ ...connectionConfig(connection, applicationName), max: maxConnections });
  // Without listeners the loss of a connection would end the process. The pool has its own for idle ones only.
  pool.on('error', onConnectionError);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool: translatingPool(pool) }) });
}

/** Runs `work` in one transaction: committed when it resolves, rolled back when it throws. */
export async function inTransaction<T>(db: Db, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return await db.transaction().execute(work);
}

// Counts, epochs and activity ids stay far below 2^53, so int8 is a number and not `pg`'s default, a string.
function getTypeParser(
  ...[oid, format]: Parameters<typeof types.getTypeParser>
): (value: string) => unknown {
  return oid === INT8_OID
    ? Number
    : (types.getTypeParser(oid, format) as (value: string) => unknown);
}
