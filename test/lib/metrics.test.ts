import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout } from 'node:timers/promises';
import { createMetrics, type Metrics } from '../../lib/metrics.ts';

let metrics: Metrics;

beforeEach(() => {
  metrics = createMetrics();
});

afterEach(() => {
  metrics.close();
});

const NAMES = [
  'treeline_reconcile_total',
  'treeline_reconcile_duration_seconds',
  'workqueue_depth',
  'workqueue_adds_total',
  'workqueue_queue_duration_seconds',
  'workqueue_retries_total',
  'treeline_backend_requests_total',
  'treeline_launches_total',
  'treeline_lane_wait_seconds',
  'treeline_lane_waiting',
  'treeline_lane_pace_ratio',
  'treeline_duplicates_prevented_total',
  'treeline_time_to_provisioned_seconds',
  'treeline_workspaces',
  'treeline_conditions',
  'treeline_status_writes_total',
  'treeline_garbage_candidates',
  'treeline_garbage_unclaimed',
  'treeline_garbage_terminated',
  'treeline_garbage_blocked',
  'treeline_leader',
  'treeline_epoch',
  'treeline_observation_age_seconds',
  'treeline_event_loop_lag_seconds',
  'treeline_loop_age_seconds',
];

describe('metrics', () => {
  it.each(NAMES)('declare %s', async (name) => {
    expect(await metrics.text()).toContain(`# TYPE ${name} `);
  });

  it('count what a queue reports, by its name', async () => {
    const queue = metrics.queue('workspace');

    queue.depth(3);
    queue.added();
    queue.added();
    queue.waited(0.05);
    queue.retried();

    const text = await metrics.text();
    expect(text).toContain('workqueue_depth{name="workspace"} 3');
    expect(text).toContain('workqueue_adds_total{name="workspace"} 2');
    expect(text).toContain('workqueue_queue_duration_seconds_sum{name="workspace"} 0.05');
    expect(text).toContain('workqueue_retries_total{name="workspace"} 1');
  });

  it('count passes by controller and result', async () => {
    metrics.controller('workspace').reconciled('done', 0.2);
    metrics.controller('workspace').reconciled('backoff', 0.1);

    const text = await metrics.text();
    expect(text).toContain('treeline_reconcile_total{controller="workspace",result="done"} 1');
    expect(text).toContain('treeline_reconcile_total{controller="workspace",result="backoff"} 1');
    expect(text).toContain('treeline_reconcile_duration_seconds_count{controller="workspace"} 2');
  });

  it('forget a combination of labels that is not set again', async () => {
    metrics.workspaces.set({ phase: 'Pending' }, 4);
    metrics.workspaces.reset();
    metrics.workspaces.set({ phase: 'Online' }, 4);

    const text = await metrics.text();
    expect(text).toContain('treeline_workspaces{phase="Online"} 4');
    expect(text).not.toContain('phase="Pending"');
  });

  it('ask at each scrape for what is true only then', async () => {
    let age = 0;
    metrics.onScrape(() => {
      metrics.loopAge.set({ loop: 'observer' }, (age += 1));
    });

    await metrics.text();

    expect(await metrics.text()).toContain('treeline_loop_age_seconds{loop="observer"} 2');
  });

  it('are not shared between two registries', async () => {
    const other = createMetrics();
    other.leader.set(1);
    other.close();

    expect(await metrics.text()).toContain('treeline_leader 0');
  });
});

it('show an event loop that was blocked', async () => {
  const lagOf = (text: string): number =>
    Number(/event_loop_lag_seconds\{quantile="1"\} (\S+)/.exec(text)?.[1]);
  const deadline = performance.now() + 10_000;
  let worst = 0;

  while (worst < 0.03 && performance.now() < deadline) {
    await setTimeout(30);
    blockFor(60);
    await setTimeout(30);
    worst = lagOf(await metrics.text());
  }

  expect(worst).toBeGreaterThanOrEqual(0.03);
});

function blockFor(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
