import { expect, it } from '@jest/globals';
import { measuredBackend } from '../../../cmd/wiring/measured-backend.ts';
import { showOnScrape } from '../../../cmd/wiring/scrape.ts';
import { createMetrics } from '../../../lib/metrics.ts';
import { Manager } from '../../../runtime/manager.ts';
import { createFakeBackend } from '../../fakes/fake-backend.ts';
import { throttled } from '../../fakes/faults.ts';
import { CapturedLog } from '../../support/captured-log.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const LANE = {
  ...{ bucket: 'RunInstances', tokens: 0, burst: 5, waiting: 39, throttled: 1 },
  ...{ refillPerSecond: 1, fullRefillPerSecond: 2 },
};

it('shows loops, who leads, in which epoch, and the pace of calls, at the moment of asking', async () => {
  const clock = new VirtualClock();
  const metrics = createMetrics();
  const { log } = new CapturedLog();
  const manager = new Manager({ clock, random: () => 0.5, log, onFatal: () => undefined });
  manager.addLoop({
    name: 'observer-process',
    staleAfterSeconds: 90,
    run: async (stop, tick) => {
      tick();
      await clock.sleep(Infinity, stop);
    },
  });
  const lanes = { lanes: () => [LANE] };
  const elector = { leadership: { epoch: 7, holder: 'me' } };
  showOnScrape({
    ...{ metrics, manager, elector, clock },
    fleet: () => undefined,
    backends: new Map([['ec2/us-east-1', Object.assign(createFakeBackend({ clock }), lanes)]]),
  });

  manager.start();
  clock.jump(12_000);
  const text = await metrics.text();
  await manager.stop();
  metrics.close();

  expect(text).toContain('treeline_loop_age_seconds{loop="observer-process"} 12');
  expect(text).toContain('treeline_leader 1');
  expect(text).toContain('treeline_epoch 7');
  const labels = '{backend="ec2/us-east-1",bucket="RunInstances"}';
  expect(text).toContain(`treeline_lane_waiting${labels} 39`);
  expect(text).toContain(`treeline_lane_pace_ratio${labels} 0.5`);
});

it('counts the calls of a backend by what became of them', async () => {
  const metrics = createMetrics();
  const fake = createFakeBackend({ clock: new VirtualClock() });
  const backend = measuredBackend('process', fake, metrics);
  fake.failNext('list', throttled());

  await expect(backend.list()).rejects.toThrow('RequestLimitExceeded');
  await backend.list();
  await backend.find('i-1');
  const text = await metrics.text();
  metrics.close();

  const count = 'treeline_backend_requests_total{backend="process"';
  expect(text).toContain(`${count},operation="list",code="ThrottledError"} 1`);
  expect(text).toContain(`${count},operation="list",code="ok"} 1`);
  expect(text).toContain(`${count},operation="find",code="ok"} 1`);
});
