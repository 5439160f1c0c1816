import type { FakeEc2 } from '../../../test/fakes/ec2/fake-ec2.ts';
import type { FleetResult } from './fleet-result.ts';

/** A fleet that is told how many it is to have. Times are virtual seconds. */
export interface MeasuredFleet {
  readonly who: string;
  readonly fake: FakeEc2;
  /** Since the start. */
  readonly seconds: number;
  /** Wants so many from now on. */
  want(count: number): Promise<void>;
  /** Plays until so many are live and nothing is under way for them. */
  reach(count: number): Promise<void>;
  /** Keeps what there is for so long. */
  keep(seconds: number): Promise<void>;
}

/** Until every instance is past its first minute, in which it is looked at more often. */
const SETTLING_SECONDS = 120;
const STEADY_SECONDS = 600;

/** From nothing to `count` instances, ten minutes of them, and back to nothing. */
export async function measureFleet(
  fleet: MeasuredFleet,
  size: { readonly count: number; readonly neighbourShare: number },
): Promise<FleetResult> {
  const { recorder } = fleet.fake;
  const launchSeconds = await timeOf(fleet, size.count);
  const launching = {
    runCalls: recorder.count('RunInstances'),
    describes: recorder.count('DescribeInstances'),
    throttledShare: recorder.count(undefined, 'RequestLimitExceeded') / recorder.count(),
  };
  await fleet.keep(SETTLING_SECONDS);
  recorder.clear();
  await fleet.keep(STEADY_SECONDS);
  const steadyCallsPerMinute = (recorder.count() / STEADY_SECONDS) * 60;
  recorder.clear();
  const terminateSeconds = await timeOf(fleet, 0);
  return {
    ...size,
    ...launching,
    who: fleet.who,
    launchSeconds,
    steadyCallsPerMinute,
    terminateSeconds,
    terminateCalls: recorder.count('TerminateInstances'),
    duplicates: fleet.fake.duplicatesEver.length,
  };
}

async function timeOf(fleet: MeasuredFleet, count: number): Promise<number> {
  const before = fleet.seconds;
  await fleet.want(count);
  await fleet.reach(count);
  return fleet.seconds - before;
}
