import type { Instruments } from './instruments.ts';

/** How a pass ended (`ReconcileOutcome` in `runtime/controller.ts`). */
export type ReconcileLabel =
  'done' | 'requeueAfter' | 'backoff' | 'after' | 'drop' | 'stop-process';

/** What one work queue reports: the hooks of `runtime/work-queue.ts`. */
export interface QueueMetrics {
  depth(keys: number): void;
  added(): void;
  waited(seconds: number): void;
  retried(): void;
}

/** What one controller reports: the hooks of `runtime/controller.ts`. */
export interface ReconcileMetrics {
  reconciled(outcome: ReconcileLabel, seconds: number): void;
}

/** A steady pass takes a millisecond; a launch waits for its backend for as long as a call may last. */
const RECONCILE_BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 120];
/** A user's change should be in hand at once; one key among 50,000 of a resync may wait a minute. */
const QUEUE_BUCKETS = [0.0001, 0.001, 0.01, 0.1, 1, 10, 60, 300];

/** The hooks of each queue, by its name. Called as client-go calls them, so that existing dashboards fit. */
export function queueMetrics(make: Instruments): (queue: string) => QueueMetrics {
  type Name = Readonly<{ name: string }>;
  const depth = make.gauge<Name>('workqueue_depth', 'Keys ready to be taken', ['name']);
  const adds = make.counter<Name>('workqueue_adds_total', 'Keys added', ['name']);
  const retries = make.counter<Name>('workqueue_retries_total', 'Keys added after a failure', [
    'name',
  ]);
  const waits = make.histogram<Name>({
    name: 'workqueue_queue_duration_seconds',
    help: 'Time from the add of a key to its being taken',
    labels: ['name'],
    buckets: QUEUE_BUCKETS,
  });
  return (name) => ({
    depth: (keys) => {
      depth.set({ name }, keys);
    },
    added: () => {
      adds.inc({ name });
    },
    waited: (seconds) => {
      waits.observe({ name }, seconds);
    },
    retried: () => {
      retries.inc({ name });
    },
  });
}

/** The hooks of each controller, by its name. */
export function reconcileMetrics(make: Instruments): (controller: string) => ReconcileMetrics {
  const passes = make.counter<Readonly<{ controller: string; result: ReconcileLabel }>>(
    'treeline_reconcile_total',
    'Passes by how they ended',
    ['controller', 'result'],
  );
  const durations = make.histogram<Readonly<{ controller: string }>>({
    name: 'treeline_reconcile_duration_seconds',
    help: 'Time that a pass took',
    labels: ['controller'],
    buckets: RECONCILE_BUCKETS,
  });
  return (controller) => ({
    reconciled: (result, seconds) => {
      passes.inc({ controller, result });
      durations.observe({ controller }, seconds);
    },
  });
}
