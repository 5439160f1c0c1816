import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type {
  EmbeddedPostgres,
  EmbeddedPostgresOptions,
} from '../../../store/embedded/embedded-postgres.ts';
import { startEmbeddedPostgres } from '../../../store/embedded/embedded-postgres.ts';

/** Removed when disposed of. */
export interface ClosedFolder extends AsyncDisposable {
  readonly path: string;
}

/** A folder that only its owner can enter, as `mkdtemp` makes it. */
export async function closedFolder(): Promise<ClosedFolder> {
  const path = await mkdtemp(join(tmpdir(), 'treeline-test-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Stopped when disposed of. */
export async function startIn(
  folder: string,
  options: Partial<EmbeddedPostgresOptions> = {},
): Promise<EmbeddedPostgres & AsyncDisposable> {
  const log = { info: () => undefined, warn: () => undefined };
  const server = await startEmbeddedPostgres({ folder, log, isDurable: false, ...options });
  return { ...server, [Symbol.asyncDispose]: () => server.stop() };
}

/** The first column of every row. */
export async function query(
  { connection }: EmbeddedPostgres,
  statement: string,
): Promise<unknown[]> {
  const client = new Client(connection);
  await client.connect();
  try {
    const { rows } = await client.query<unknown[]>({ text: statement, rowMode: 'array' });
    return rows.map(([first]) => first);
  } finally {
    await client.end();
  }
}

/** Of the server that runs in the folder. */
export async function readServerPid(folder: string): Promise<number> {
  const text = await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8');
  return Number(text.split('\n')[0]);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
