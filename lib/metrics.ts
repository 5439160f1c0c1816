import { Registry } from 'prom-client';
import { measureEventLoopLag } from './event-loop-lag.ts';
import {
  Instruments,
  type CounterBy,
  type GaugeBy,
  type HistogramBy,
  type PlainCounter,
  type PlainGauge,
} from './instruments.ts';
import {
  queueMetrics,
  reconcileMetrics,
  type QueueMetrics,
  type ReconcileMetrics,
} from './loop-metrics.ts';

/** A call of a backend: its operation, and as `code` either `ok` or the name of the error's class. */
export type BackendRequest = Readonly<{ backend: string; operation: string; code: string }>;
/** What came of a launch call: `refused` is definite, `in-doubt` is not. */
export type LaunchOutcome = Readonly<{ result: 'launched' | 'refused' | 'in-doubt' }>;
/** `skipped`: equal to what is stored; `conflict`: the record had changed meanwhile. */
export type StatusWrite = Readonly<{ result: 'written' | 'skipped' | 'conflict' }>;
export type ByPhase = Readonly<{ phase: string }>;
export type ByCondition = Readonly<{ type: string; status: string; reason: string }>;
export type ByBackend = Readonly<{ backend: string }>;
type ByBucket = Readonly<{ bucket: string }>;
type ByLane = Readonly<{ backend: string; bucket: string }>;
export type ByLoop = Readonly<{ loop: string }>;

/** A process takes a tenth of a second, a machine a minute, and ten minutes are given up (design §3). */
const PROVISION_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

/** Every instrument of the process. Label values come from fixed sets: never the name or id of an object. */
export interface Metrics {
  /** The hooks of the work queue that is called `name`. */
  queue(name: string): QueueMetrics;
  /** The hooks of the controller that is called `name`. */
  controller(name: string): ReconcileMetrics;
  readonly backendRequests: CounterBy<BackendRequest>;
  readonly launches: CounterBy<LaunchOutcome>;
  readonly duplicatesPrevented: PlainCounter;
  /** From the stored intent of an attempt until its instance is known. */
  readonly timeToProvisioned: HistogramBy<ByBackend>;
  /** How long calls waited for their turn, by the provider's bucket. */
  readonly laneWait: HistogramBy<ByBucket>;
  /** Turns that are taken and not used yet; to be set in `onScrape`. */
  readonly laneWaiting: GaugeBy<ByLane>;
  /** The pace of calls as a share of what the provider documents; to be set in `onScrape`. */
  readonly lanePace: GaugeBy<ByLane>;
  readonly statusWrites: CounterBy<StatusWrite>;
  readonly workspaces: GaugeBy<ByPhase>;
  readonly conditions: GaugeBy<ByCondition>;
  readonly garbageCandidates: PlainGauge;
  readonly garbageUnclaimed: PlainGauge;
  /** Deletions that the breaker holds back. */
  readonly garbageBlocked: PlainGauge;
  readonly garbageTerminated: PlainCounter;
  /** 1 while this process leads, else 0. */
  readonly leader: PlainGauge;
  readonly epoch: PlainGauge;
  /** Seconds since the last complete list; to be set in `onScrape`, so that an observer that hangs shows. */
  readonly observationAge: GaugeBy<ByBackend>;
  /** Seconds since the last tick; to be set in `onScrape`. */
  readonly loopAge: GaugeBy<ByLoop>;
  /** Calls `collect` before each `text`: for what is true only at the moment of asking. */
  onScrape(collect: () => void): void;
  /** All metrics in the Prometheus text format. */
  text(): Promise<string>;
  /** Ends the measuring of the event loop. */
  close(): void;
}

/** Metrics in a registry of their own, so that two controllers in one process do not share them. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const make = new Instruments(registry);
  const lag = measureEventLoopLag();
  const collectors = [lagCollector(make, lag)];
  return {
    queue: queueMetrics(make),
    controller: reconcileMetrics(make),
    ...counters(make),
    ...garbageMetrics(make),
    ...gauges(make),
    onScrape: (collect) => {
      collectors.push(collect);
    },
    text: () => {
      for (const collect of collectors) {
        collect();
      }
      return registry.metrics();
    },
    close: () => {
      lag.close();
    },
  };
}

function lagCollector(make: Instruments, lag: ReturnType<typeof measureEventLoopLag>): () => void {
  const gauge = make.gauge<Readonly<{ quantile: string }>>(
    'treeline_event_loop_lag_seconds',
    'How late timers ran since the last scrape',
    ['quantile'],
  );
  return () => {
    for (const [quantile, seconds] of Object.entries(lag.take())) {
      gauge.set({ quantile }, seconds);
    }
  };
}

function counters(make: Instruments) {
  return {
    backendRequests: make.counter<BackendRequest>(
      'treeline_backend_requests_total',
      'Calls of backends by how they ended',
      ['backend', 'operation', 'code'],
    ),
    launches: make.counter<LaunchOutcome>(
      'treeline_launches_total',
      'Launch calls by what came of them',
      ['result'],
    ),
    duplicatesPrevented: make.plainCounter(
      'treeline_duplicates_prevented_total',
      'Launches whose instance turned out to exist already',
    ),
    timeToProvisioned: make.histogram<ByBackend>({
      name: 'treeline_time_to_provisioned_seconds',
      help: 'Time from the stored intent of a launch until its instance is known',
      labels: ['backend'],
      buckets: PROVISION_BUCKETS,
    }),
    laneWait: make.histogram<ByBucket>({
      name: 'treeline_lane_wait_seconds',
      help: 'Time that calls waited for their turn',
      labels: ['bucket'],
      buckets: PROVISION_BUCKETS,
    }),
    statusWrites: make.counter<StatusWrite>(
      'treeline_status_writes_total',
      'Statuses by what was done with them',
      ['result'],
    ),
  };
}

function garbageMetrics(make: Instruments) {
  return {
    garbageCandidates: make.plainGauge('treeline_garbage_candidates', 'Instances proven garbage'),
    garbageUnclaimed: make.plainGauge(
      'treeline_garbage_unclaimed',
      'Instances with our marks that the database does not know',
    ),
    garbageBlocked: make.plainGauge(
      'treeline_garbage_blocked',
      'Deletions that the breaker holds back',
    ),
    garbageTerminated: make.plainCounter(
      'treeline_garbage_terminated',
      'Instances terminated by garbage collection',
    ),
  };
}

function gauges(make: Instruments) {
  return {
    workspaces: make.gauge<ByPhase>('treeline_workspaces', 'Workspaces by phase', ['phase']),
    conditions: make.gauge<ByCondition>('treeline_conditions', 'Workspaces by condition', [
      'type',
      'status',
      'reason',
    ]),
    leader: make.plainGauge('treeline_leader', '1 while this process leads'),
    epoch: make.plainGauge('treeline_epoch', 'The epoch in which this process leads'),
    observationAge: make.gauge<ByBackend>(
      'treeline_observation_age_seconds',
      'Age of the last complete list of a backend',
      ['backend'],
    ),
    laneWaiting: make.gauge<ByLane>('treeline_lane_waiting', 'Calls that wait for their turn', [
      'backend',
      'bucket',
    ]),
    lanePace: make.gauge<ByLane>(
      'treeline_lane_pace_ratio',
      'Pace of calls; below 1 after the provider has throttled',
      ['backend', 'bucket'],
    ),
    loopAge: make.gauge<ByLoop>(
      'treeline_loop_age_seconds',
      'Time since a loop last said that it is well',
      ['loop'],
    ),
  };
}
