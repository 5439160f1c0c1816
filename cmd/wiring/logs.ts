import type { Backend } from '../../backends/backend.ts';
import type { Clock } from '../../lib/clock.ts';
import { NotFoundError } from '../../lib/errors.ts';
import type { Db } from '../../store/db.ts';
import { findOpenLaunch } from '../../store/launches.ts';
import { findWorkspaceByUid } from '../../store/workspaces.ts';
import { addedTo } from './added-text.ts';

export interface LogReader {
  readonly db: Db;
  readonly backends: ReadonlyMap<string, Backend>;
  readonly clock: Clock;
}

/** How often a followed log is read again. */
const FOLLOW_INTERVAL_MS = 500;
/** Lines read each time: an agent that writes more between two looks loses some to the reader, not to its log. */
const FOLLOW_LINES = 2_000;

/** The last lines of a workspace's instance. Throws `NotFoundError` when it has none. */
export async function readLog(reader: LogReader, uid: string, tail: number): Promise<string> {
  const launch = await findOpenLaunch(reader.db, uid);
  if (launch?.instanceId === undefined) {
    const workspace = await findWorkspaceByUid(reader.db, uid);
    const name = workspace === undefined ? uid : `${workspace.namespace}/${workspace.name}`;
    throw new NotFoundError(`reading the log: workspace ${name} has no instance`);
  }
  const backend = reader.backends.get(launch.backend);
  if (backend === undefined) {
    throw new NotFoundError(`reading the log: backend "${launch.backend}" is not configured here`);
  }
  return await backend.readLog(launch.instanceId, tail);
}

/**
 * The last lines, then what is added, also across a restart or a replacement, until `signal` is aborted or the workspace
 * is gone. Throws as `readLog`.
 */
export async function* followLog(
  reader: LogReader,
  {
    uid,
    tail,
    signal,
  }: { readonly uid: string; readonly tail: number; readonly signal: AbortSignal },
): AsyncIterable<string> {
  let seen = await readLog(reader, uid, FOLLOW_LINES);
  yield lastLines(seen, tail);
  while (!signal.aborted) {
    await reader.clock.sleep(FOLLOW_INTERVAL_MS, signal);
    // While there is no instance nothing is added; the next one begins with a log of its own.
    const now = await readLog(reader, uid, FOLLOW_LINES).catch(nothingWhenGone);
    if (now === '' && (await findWorkspaceByUid(reader.db, uid)) === undefined) {
      return;
    }
    const added = addedTo(seen, now);
    seen = now;
    if (added !== '') {
      yield added;
    }
  }
}

function nothingWhenGone(error: unknown): string {
  if (error instanceof NotFoundError) {
    return '';
  }
  throw error;
}

function lastLines(text: string, count: number): string {
  return count === 0
    ? ''
    : text
        .split('\n')
        .slice(-count - 1)
        .join('\n');
}
