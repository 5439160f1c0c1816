import type { Clock } from '../../lib/clock.ts';
import type { Metrics } from '../../lib/metrics.ts';
import type { Db } from '../../store/db.ts';
import { countConditions, countPhases } from '../../store/settled-rows.ts';

export interface ShowCountsOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, 'conditions' | 'workspaces'>;
}

/** Prometheus scrapes every 15 to 60 s by habit; counting 10,000 statuses takes PostgreSQL up to 100 ms. */
const INTERVAL_SECONDS = 60;

/** Keeps the metrics of conditions and phases up to date until `stop` is aborted. Throws what the store throws. */
export async function showCounts(
  { db, clock, metrics }: ShowCountsOptions,
  stop: AbortSignal,
  tick: () => void,
): Promise<void> {
  while (!stop.aborted) {
    const counts = await countConditions(db);
    metrics.conditions.reset();
    counts.forEach(({ type, status, reason, count }) => {
      metrics.conditions.set({ type, status, reason }, count);
    });
    const phases = await countPhases(db);
    metrics.workspaces.reset();
    phases.forEach(({ phase, count }) => {
      metrics.workspaces.set({ phase }, count);
    });
    tick();
    await clock.sleep(INTERVAL_SECONDS * 1000, stop);
  }
}
