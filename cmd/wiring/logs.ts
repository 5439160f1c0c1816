import type { Backend } from '../../backends/backend.ts';
import type { Clock } from '../../lib/clock.ts';
import { NotFoundError } from '../../lib/errors.ts';
import type { Db } from '../../store/db.ts';
import { findOpenLaunch } from '../../store/launches.ts';

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
    throw new NotFoundError('reading the log: the workspace has no instance');
  }
  const backend = reader.backends.get(launch.backend);
  if (backend === undefined) {
    throw new NotFoundError(`reading the log: backend "${launch.backend}" is not configured here`);
  }
  return await backend.readLog(launch.instanceId, tail);
}

/** The last lines, then what is added, until `signal` is aborted. */
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
    const now = await readLog(reader, uid, FOLLOW_LINES);
    const added = addedTo(seen, now);
    seen = now;
    if (added !== '') {
      yield added;
    }
  }
}

/** What `after` has beyond `before`, when both are the ends of one growing text. */
function addedTo(before: string, after: string): string {
  if (after === before) {
    return '';
  }
  for (let start = 0; start < before.length; start = nextLine(before, start)) {
    const kept = before.slice(start);
    if (after.startsWith(kept)) {
      return after.slice(kept.length);
    }
  }
  return after;
}

function nextLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end + 1;
}

function lastLines(text: string, count: number): string {
  return count === 0
    ? ''
    : text
        .split('\n')
        .slice(-count - 1)
        .join('\n');
}
