import type { Backend } from '../../backends/backend.ts';
import type { Fleet } from '../../controllers/fleet.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Metrics } from '../../lib/metrics.ts';
import type { Elector } from '../../runtime/leader-election.ts';
import type { Manager } from '../../runtime/manager.ts';

export interface ScrapeOptions {
  readonly metrics: Metrics;
  readonly manager: Pick<Manager, 'ages'>;
  readonly elector: Pick<Elector, 'leadership'>;
  /** undefined while another process leads. */
  readonly fleet: () => Fleet | undefined;
  readonly backends: ReadonlyMap<string, Backend>;
  readonly clock: Clock;
}

/** Sets what is only true at the moment of asking: who leads, the age of every loop and list, the pace of every lane. */
export function showOnScrape(options: ScrapeOptions): void {
  const { metrics, manager, elector, fleet, backends, clock } = options;
  metrics.onScrape(() => {
    const { leadership } = elector;
    metrics.leader.set(leadership === undefined ? 0 : 1);
    metrics.epoch.set(leadership?.epoch ?? 0);
    for (const [loop, seconds] of manager.ages()) {
      metrics.loopAge.set({ loop }, seconds);
    }
    for (const { key, startedAt } of fleet()?.lists() ?? []) {
      const seconds = (clock.now().getTime() - startedAt.getTime()) / 1000;
      metrics.observationAge.set({ backend: key }, seconds);
    }
    showLanes(backends, metrics);
  });
}

function showLanes(backends: ScrapeOptions['backends'], metrics: Metrics): void {
  for (const [name, backend] of backends) {
    for (const lane of backend.lanes?.() ?? []) {
      const labels = { backend: name, bucket: lane.bucket };
      metrics.laneWaiting.set(labels, lane.waiting);
      metrics.lanePace.set(labels, lane.refillPerSecond / lane.fullRefillPerSecond);
    }
  }
}
