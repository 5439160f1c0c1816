import { tmpdir } from 'node:os';
import type { Clock } from '../../lib/clock.ts';
import { systemClock } from '../../lib/clock.ts';
import type { StartedProcess } from '../../lib/command.ts';
import { findBinaries } from './binaries.ts';
import type { EmbeddedConnection } from './check-connection.ts';
import { checkConnection } from './check-connection.ts';
import type { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { explainFileError } from './explain.ts';
import type { EmbeddedPostgresLog, RunningServer } from './start-server.ts';
import { startServer } from './start-server.ts';
import type { ServerFolder } from './server-folder.ts';
import { prepareServerFolder } from './server-folder.ts';
import { SERVER_USER } from './server-process.ts';
import { SOCKET_PORT } from './socket-folder.ts';

/** As long as a server whose controller was killed may need to end, with much to spare. */
const LOCK_WAIT_SECONDS = 10;

/** A fast shutdown takes about 30 ms; what takes this long is stuck, and the next start recovers from anything. */
const STOP_SECONDS = 30;

export interface EmbeddedPostgresOptions {
  /** Everything is kept in it: `data`, `run`, `password`, `lock`, `postgres.log`. Made when missing, mode 0700. */
  readonly folder: string;
  readonly log: EmbeddedPostgresLog;
  readonly clock?: Clock;
  /** For how long a folder that another controller uses is waited for; 10 unless given. */
  readonly lockWaitSeconds?: number;
  /** False only in tests: faster, but the data need not survive a power failure. */
  readonly isDurable?: boolean;
  /** Where the socket goes when the path of `folder` is too long for one; the system's unless given. */
  readonly temporaryFolder?: string;
}

export interface EmbeddedPostgres {
  readonly connection: EmbeddedConnection;
  /** Ends the server after its clients were closed; resolves when it is gone. May be called again. */
  stop(): Promise<void>;
  /**
   * Calls back once when the server ends although nobody called `stop`. Start it again with
   * `startEmbeddedPostgres`: nothing that was committed is lost.
   */
  onUnexpectedExit(callback: (error: EmbeddedPostgresError) => void): void;
}

/**
 * Starts a PostgreSQL server that belongs to this process: it ends with it however that ends, and the next start
 * finds its data. No TCP port: a socket in a folder only this user can enter, and a random password.
 * Call it from the main thread (the death signal of Linux follows the thread that started a child).
 * Throws `EmbeddedPostgresError` when it cannot run here, or another controller uses the folder.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const { log, clock = systemClock, lockWaitSeconds = LOCK_WAIT_SECONDS } = options;
  const startedAt = clock.now().getTime();
  const binaries = await findBinaries(process.platform, process.arch);
  const folder = await prepare(options);
  const { isDurable = true } = options;
  const processOptions = { folder, binaries, isDurable, controllerPid: process.pid };
  const running = await startServer({ processOptions, clock, log, lockWaitSeconds });
  const connection = toConnection(folder);
  try {
    await checkConnection(connection, folder.path);
  } catch (error) {
    await stopServer(running.server, clock);
    throw error;
  }
  running.server.unref();
  const durationMs = clock.now().getTime() - startedAt;
  log.info({ durationMs, folder: folder.path }, 'started the embedded PostgreSQL');
  return toEmbeddedPostgres(connection, running, clock);
}

async function prepare(options: EmbeddedPostgresOptions): Promise<ServerFolder> {
  const { folder, temporaryFolder = tmpdir() } = options;
  try {
    return await prepareServerFolder(folder, process.geteuid?.() ?? 0, temporaryFolder);
  } catch (error) {
    throw explainFileError(error, folder);
  }
}

function toConnection({ socketFolder, password }: ServerFolder): EmbeddedConnection {
  return {
    host: socketFolder,
    port: SOCKET_PORT,
    user: SERVER_USER,
    password,
    database: 'postgres',
  };
}

function toEmbeddedPostgres(
  connection: EmbeddedConnection,
  running: RunningServer,
  clock: Clock,
): EmbeddedPostgres {
  let stopping: Promise<void> | undefined;
  return {
    connection,
    stop() {
      stopping ??= stopServer(running.server, clock);
      return stopping;
    },
    onUnexpectedExit(callback) {
      void running.server.exited.then(async (exit) => {
        if (stopping === undefined) {
          callback(await running.explainExit(exit));
        }
      });
    },
  };
}

async function stopServer(server: StartedProcess, clock: Clock): Promise<void> {
  const waiting = new AbortController();
  const timeout = clock.sleep(STOP_SECONDS * 1000, waiting.signal).then(() => undefined);
  server.kill('SIGINT');
  const ended = await Promise.race([server.exited, timeout]);
  waiting.abort();
  if (ended === undefined) {
    // Without its closing checkpoint: the next start recovers.
    server.kill('SIGQUIT');
    await server.exited;
  }
}
