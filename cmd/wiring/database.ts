import { join } from 'node:path';
import { MIGRATIONS } from '../../migrations/migrations.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import { openDb, type ConnectionTarget, type Db } from '../../store/db.ts';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../store/embedded/embedded-postgres.ts';
import { migrate } from '../../store/migrator.ts';

/** An open database at the newest schema. */
export interface Database {
  readonly db: Db;
  readonly connection: ConnectionTarget;
  readonly isEmbedded: boolean;
  /** Closes the connections, then ends the server when it is ours. */
  close(): Promise<void>;
}

export interface DatabaseRequest {
  /** None: the embedded PostgreSQL in the data folder. */
  readonly databaseUrl?: string;
  readonly dataDir: string;
  readonly binaryVersion: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Enough for the workers of the queue, the API and the elector; PostgreSQL allows 100 by default. */
const MAX_CONNECTIONS = 12;
/** Between two tries to start the embedded server again after somebody killed it. */
const RESTART_PAUSE_MS = 500;

/** Opens and migrates the database. Throws what says why it cannot be used, and what to do. */
export async function openDatabase(request: DatabaseRequest): Promise<Database> {
  const { databaseUrl, log } = request;
  const server = databaseUrl === undefined ? await startOwnServer(request) : undefined;
  const connection = databaseUrl ?? server?.connection() ?? '';
  let isClosing = false;
  const db = openDb({
    connection,
    maxConnections: MAX_CONNECTIONS,
    applicationName: 'treeline',
    onConnectionError: (error) => {
      // The pool says goodbye without waiting for an answer, and the server that ends then may say so to it.
      if (!isClosing) {
        log.warn({ error: error.message }, 'lost a connection to the database');
      }
    },
  });
  const close = async (): Promise<void> => {
    isClosing = true;
    await db.destroy();
    await server?.stop();
  };
  try {
    await migrate(db, { migrations: MIGRATIONS, binaryVersion: request.binaryVersion });
  } catch (error) {
    await close();
    throw error;
  }
  return { db, connection, isEmbedded: server !== undefined, close };
}

interface OwnServer {
  connection(): ConnectionTarget;
  stop(): Promise<void>;
}

/** The embedded server; started again whenever it ends by itself, on the same data and the same socket. */
async function startOwnServer({ dataDir, log, clock }: DatabaseRequest): Promise<OwnServer> {
  const folder = join(dataDir, 'postgres');
  const stopping = new AbortController();
  let server: EmbeddedPostgres = await startEmbeddedPostgres({ folder, log });
  let restarting = Promise.resolve();
  const keepUp = (): void => {
    server.onUnexpectedExit((error) => {
      log.error({ error: error.message }, 'the embedded PostgreSQL ended; starting it again');
      restarting = restart();
    });
  };
  const restart = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        server = await startEmbeddedPostgres({ folder, log });
        keepUp();
        return;
      } catch (error) {
        log.error({ error: (error as Error).message }, 'the embedded PostgreSQL does not start');
        await clock.sleep(RESTART_PAUSE_MS, stopping.signal);
      }
    }
  };
  keepUp();
  return {
    connection: () => server.connection,
    async stop() {
      stopping.abort();
      await restarting;
      await server.stop();
    },
  };
}
