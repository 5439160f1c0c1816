import type { BackendInfo } from '../../server/contract-operations.ts';
import { ok, warning, type Finding } from './finding.ts';

type Lanes = NonNullable<BackendInfo['lanes']>;

/** How fast a provider lets us call now: what is slower than it could be, and what waits. */
export function judgeLanes(backend: string, lanes: Lanes): Finding[] {
  const what = `lanes ${backend}`;
  const slow = lanes.filter((one) => one.refillPerSecond < one.fullRefillPerSecond);
  const waiting = lanes.filter((one) => one.waiting > 0).map(describeWait);
  const waits = waiting.length === 0 ? 'nothing waits' : waiting.join(', ');
  return slow.length === 0
    ? [ok(what, `at full pace, ${waits}`)]
    : [
        warning(
          what,
          `${slow.map(describePace).join(', ')}; ${waits}`,
          'somebody else in the account calls as well; the pace comes back by itself',
        ),
      ];
}

function describePace(lane: Lanes[number]): string {
  const { bucket, refillPerSecond, fullRefillPerSecond, throttled } = lane;
  return `${bucket} ${refillPerSecond.toFixed(1)} of ${fullRefillPerSecond} a second after ${throttled} throttles`;
}

function describeWait({ bucket, waiting, refillPerSecond }: Lanes[number]): string {
  return `${waiting} wait for ${bucket} (${Math.ceil(waiting / refillPerSecond)} s)`;
}
