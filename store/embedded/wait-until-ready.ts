import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../lib/clock.ts';
import type { ProcessExit, StartedProcess } from '../../lib/command.ts';

/** An existing server is ready after about 50 ms, so a start loses little to polling. */
const POLL_MILLISECONDS = 20;

/** Lines of postmaster.pid, counted from 0 (PostgreSQL's pidfile.h): who wrote it, and whether it takes connections. */
const PID_LINE = 0;
const STATUS_LINE = 7;

/**
 * Waits as long as the server runs (recovery after a crash takes as long as it takes).
 * undefined when it takes connections, else how it ended.
 */
export async function waitUntilReady(
  server: StartedProcess,
  folder: string,
  clock: Clock,
): Promise<ProcessExit | undefined> {
  for (;;) {
    if (isReady(await readPidFile(folder), server.pid)) {
      return undefined;
    }
    const pause = clock.sleep(POLL_MILLISECONDS).then(() => undefined);
    const ended = await Promise.race([server.exited, pause]);
    if (ended !== undefined) {
      return ended;
    }
  }
}

/** The file of an earlier server, which has another pid, says nothing about this one. */
function isReady(pidFile: string, pid: number): boolean {
  const lines = pidFile.split('\n').map((line) => line.trim());
  return lines[PID_LINE] === `${pid}` && lines[STATUS_LINE] === 'ready';
}

async function readPidFile(folder: string): Promise<string> {
  // Not there until the server writes it.
  return await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8').catch(() => '');
}
