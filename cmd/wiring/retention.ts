import type { Clock } from '../../lib/clock.ts';
import { pruneActivity } from '../../store/activity.ts';
import { pruneCredentials } from '../../store/agent-credentials.ts';
import type { Db } from '../../store/db.ts';
import { fenced, type Leadership } from '../../store/fencing.ts';
import { pruneLaunches } from '../../store/launches.ts';

export interface RetentionOptions {
  readonly db: Db;
  readonly leadership: Leadership;
  readonly clock: Clock;
  /** Removes what backends keep of instances that ended before `olderThan`. */
  readonly sweepBackends: (olderThan: Date) => Promise<void>;
}

/** Activity is kept for this long (design §4). */
const ACTIVITY_DAYS = 30;
/** Long enough for a person to look at the log of an instance that ended. */
const ENDED_INSTANCE_DAYS = 1;
const DAY_MS = 86_400_000;
/** Everything here is counted in days. */
const INTERVAL_SECONDS = 3_600;

/** Removes old activity, launch rows and credentials that prove nothing any more, and what is left of ended instances, until `stop`. */
export async function retain(
  { db, leadership, clock, sweepBackends }: RetentionOptions,
  stop: AbortSignal,
  tick: () => void,
): Promise<void> {
  const daysAgo = (days: number): Date => new Date(clock.now().getTime() - days * DAY_MS);
  while (!stop.aborted) {
    await fenced(db, leadership, (tx) => pruneActivity(tx, daysAgo(ACTIVITY_DAYS)));
    await fenced(db, leadership, pruneLaunches);
    await fenced(db, leadership, pruneCredentials);
    await sweepBackends(daysAgo(ENDED_INSTANCE_DAYS));
    tick();
    await clock.sleep(INTERVAL_SECONDS * 1000, stop);
  }
}
