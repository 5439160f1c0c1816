import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../lib/clock.ts';
import type { ProcessExit, StartedProcess } from '../../lib/command.ts';
import { errorCode } from '../../lib/error-code.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { explain, explainFileError } from './explain.ts';
import type { ServerProcessOptions } from './server-process.ts';
import { LOCKED_EXIT_CODE, startServerProcess } from './server-process.ts';
import { waitUntilReady } from './wait-until-ready.ts';

/** A server whose controller was killed is gone after 20-100 ms. */
const LOCK_POLL_MILLISECONDS = 50;
/** Long enough for a first start on a slow disk to say nothing. */
const STILL_STARTING_SECONDS = 10;

/** The server's last words are in this much of its log. */
const READ_LOG_BYTES = 65_536;

/** The part of a logger that is needed here. */
export interface EmbeddedPostgresLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface RunningServer {
  readonly server: StartedProcess;
  /** What to tell the operator when it ended by itself: from what it wrote since the start. */
  explainExit(exit: ProcessExit): Promise<EmbeddedPostgresError>;
}

export interface StartServerOptions {
  readonly processOptions: ServerProcessOptions;
  readonly clock: Clock;
  readonly log: EmbeddedPostgresLog;
  readonly lockWaitSeconds: number;
}

/**
 * Starts the server and waits until it takes connections. A folder whose lock is taken is tried again for
 * `lockWaitSeconds`: the server of a killed controller needs a moment to end.
 * Throws `EmbeddedPostgresError`.
 */
export async function startServer(options: StartServerOptions): Promise<RunningServer> {
  const { processOptions, clock, lockWaitSeconds } = options;
  const { path } = processOptions.folder;
  const giveUpAt = clock.now().getTime() + lockWaitSeconds * 1000;
  for (;;) {
    const { running, exit } = await tryStart(options);
    if (exit === undefined) {
      return running;
    }
    if (exit.code !== LOCKED_EXIT_CODE) {
      throw await running.explainExit(exit);
    }
    if (clock.now().getTime() >= giveUpAt) {
      throw new EmbeddedPostgresError(
        `another controller uses ${path}`,
        'stop that one, or choose another data folder',
      );
    }
    await clock.sleep(LOCK_POLL_MILLISECONDS);
  }
}

async function tryStart({ processOptions, clock, log }: StartServerOptions): Promise<{
  running: RunningServer;
  exit: ProcessExit | undefined;
}> {
  const { path } = processOptions.folder;
  const logFile = join(path, 'postgres.log');
  const logStart = await sizeOf(logFile);
  const server = await start(processOptions);
  const running = {
    server,
    explainExit: async (exit: ProcessExit) =>
      explain(await readFrom(logFile, logStart), path, describe(exit)),
  };
  const seconds = STILL_STARTING_SECONDS;
  const cancelWarning = clock.schedule(seconds * 1000, () => {
    log.warn({ seconds, folder: path }, 'the embedded PostgreSQL is still starting');
  });
  const exit = await waitUntilReady(server, path, clock);
  cancelWarning();
  return { running, exit };
}

async function start(options: ServerProcessOptions): Promise<StartedProcess> {
  try {
    return await startServerProcess(options);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      throw new EmbeddedPostgresError(
        'the tools flock and setpriv are missing',
        'install util-linux',
        {
          cause: error,
        },
      );
    }
    throw explainFileError(error, options.folder.path);
  }
}

function describe({ code, signal }: ProcessExit): string {
  return signal === null ? `ended with code ${code ?? 'unknown'}` : `was ended by ${signal}`;
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

/** '' when the file cannot be read any more: the error is then told without it. */
async function readFrom(path: string, start: number): Promise<string> {
  try {
    await using file = await open(path, 'r');
    const from = Math.max(start, (await file.stat()).size - READ_LOG_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(READ_LOG_BYTES), { position: from });
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return '';
  }
}
