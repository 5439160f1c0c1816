import type { MonotonicClock } from '../../lib/clock.ts';
import { ThrottledError } from '../../lib/errors.ts';
import type { LaneState, MutatingOperation } from '../backend.ts';
import {
  BUCKETS,
  LANES,
  OUR_SHARES,
  TERMINATE_LUMP,
  type BucketName,
  type LaneBuckets,
  type LaneName,
} from './bucket-table.ts';
import { Line } from './line.ts';
import { TokenBucket } from './token-bucket.ts';

export interface Ec2LanesOptions {
  readonly clock: MonotonicClock;
  /** Told how long each turn waited. */
  readonly onWaited?: (bucket: BucketName, seconds: number) => void;
}

/** The permission to send one call, now. */
export interface Permit {
  /**
   * The provider refused the call with a throttle: the lane pauses and goes slower, and those who stand in the call keep
   * their place. Answers the seconds until it comes again, for `ThrottledError`.
   */
  throttled(): number;
}

/** A longer wait is answered by its half: whoever asks again moves up into the places of those who gave up. */
const LONGEST_ANSWER_SECONDS = 60;

const LANE_OF: Readonly<Record<MutatingOperation, LaneName>> = {
  launch: 'RunInstances',
  start: 'StartInstances',
  stop: 'StopInstances',
  terminate: 'TerminateInstances',
};

/** What one call names, by what is counted. */
interface Asked {
  readonly lane: LaneName;
  readonly requests: readonly string[];
  readonly instances: readonly string[];
}

/** The line of one bucket, and those who stand in it for one call. */
interface Place {
  readonly bucket: BucketName;
  readonly line: Line;
  readonly keys: readonly string[];
}

/**
 * The pace of all calls of this process to one region: one limiter for each bucket of the provider. Turns are handed
 * out in the order of asking. Has no timers but those of calls that wait.
 */
export class Ec2Lanes {
  readonly #clock: MonotonicClock;
  readonly #onWaited: (bucket: BucketName, seconds: number) => void;
  readonly #lines: Readonly<Record<BucketName, Line>>;
  #calls = 0;

  constructor({ clock, onWaited = () => undefined }: Ec2LanesOptions) {
    this.#clock = clock;
    this.#onWaited = onWaited;
    this.#lines = createLines(clock);
  }

  /** See `Backend.reserve`. A turn that nobody uses within seconds of its time is no longer waited for. */
  reserve(operation: MutatingOperation, key: string): number {
    const lane = LANE_OF[operation];
    const { isBatched, requests } = LANES[lane];
    const places = this.#places({ lane, requests: isBatched ? [] : [key], instances: [key] });
    // The call that it will stand in has no place yet, but should not have to wait either.
    const ofCall = requests.map((bucket) => this.#lines[bucket].bucket.secondsUntil(1));
    const seconds = Math.max(secondsUntil(places), ...ofCall);
    const answer = seconds > LONGEST_ANSWER_SECONDS ? seconds / 2 : seconds;
    expectIn(places, answer);
    return answer;
  }

  /**
   * Waits for the turn of a call that names these keys, and takes it: send at once. Keys that have reserved use their turns,
   * others stand in line now. `ThrottledError` when it would take longer than the lane's patience in all; the places of keys are
   * kept.
   */
  async take(lane: LaneName, keys: readonly string[] = []): Promise<Permit> {
    const call = `call ${(this.#calls += 1)}`;
    const instances = keys.length === 0 ? [call] : keys;
    const asked = { lane, requests: LANES[lane].isBatched ? [call] : instances, instances };
    const givesUpAtMs = this.#clock.monotonicMs() + LANES[lane].patienceSeconds * 1000;
    // Each look takes the places anew: another call may have used those of the same keys.
    let places = this.#places(asked);
    for (let wait = secondsUntil(places); wait > 0; wait = secondsUntil(places)) {
      expectIn(places, wait);
      if (this.#clock.monotonicMs() + wait * 1000 > givesUpAtMs) {
        leave(places, [nameIn(lane, call)]);
        throw new ThrottledError(`waiting for a turn of ${lane}`, wait);
      }
      await this.#clock.sleep(Math.ceil(wait * 1000));
      places = this.#places(asked);
    }
    return this.#use(places, nameIn(lane, call));
  }

  /** Every bucket, in the order of the table. */
  states(): readonly LaneState[] {
    return Object.entries(this.#lines).map(([bucket, line]) => ({ bucket, ...stateOf(line) }));
  }

  #use(places: readonly Place[], call: string): Permit {
    const sentMs = this.#clock.monotonicMs();
    const used = places.map((place) => ({ ...place, turns: place.line.use(place.keys) }));
    for (const { bucket, turns } of used) {
      turns.forEach(({ sinceMs }) => {
        this.#onWaited(bucket, (sentMs - sinceMs) / 1000);
      });
    }
    return {
      throttled: () => {
        emptiest(places).bucket.throttled(sentMs);
        for (const { line, turns } of used) {
          line.giveBack(turns);
        }
        const seconds = secondsUntil(places);
        expectIn(places, seconds);
        leave(places, [call]);
        return seconds;
      },
    };
  }

  #places({ lane, requests, instances }: Asked): readonly Place[] {
    const buckets: LaneBuckets = LANES[lane];
    const join = (bucket: BucketName, keys: readonly string[]): Place => {
      const line = this.#lines[bucket];
      const names = keys.map((key) => nameIn(lane, key));
      line.join(names, buckets.priority);
      return { bucket, line, keys: names };
    };
    return [
      ...(requests.length > 0 ? buckets.requests : []).map((bucket) => join(bucket, requests)),
      ...buckets.instances.map((bucket) => join(bucket, instances)),
    ];
  }
}

function createLines(clock: MonotonicClock): Readonly<Record<BucketName, Line>> {
  const lines = Object.entries(BUCKETS).map(([name, size]) => {
    const lump = name === 'TerminateInstances:instances' ? TERMINATE_LUMP : 1;
    return [name, new Line(new TokenBucket(size, clock), clock, lump)];
  });
  return Object.fromEntries(lines) as Record<BucketName, Line>;
}

/** Calls of several kinds may stand in one line. */
function nameIn(lane: LaneName, key: string): string {
  return `${lane} ${key}`;
}

function secondsUntil(places: readonly Place[]): number {
  return Math.max(...places.map(({ line, keys }) => line.secondsUntil(keys)));
}

function expectIn(places: readonly Place[], seconds: number): void {
  for (const { line, keys } of places) {
    line.expect(keys, seconds);
  }
}

function leave(places: readonly Place[], keys: readonly string[]): void {
  for (const { line } of places) {
    line.leave(keys);
  }
}

/** The provider does not say which of its buckets was empty: most likely the one that we have used up most. */
function emptiest(places: readonly Place[]): Line {
  const fill = ({ line: { bucket } }: Place): number => bucket.tokens / bucket.capacity;
  return places
    .filter(({ bucket }) => !OUR_SHARES.has(bucket))
    .reduce((least, one) => (fill(one) < fill(least) ? one : least)).line;
}

function stateOf({ bucket, waiting }: Line): Omit<LaneState, 'bucket'> {
  return {
    tokens: bucket.tokens,
    refillPerSecond: bucket.refillPerSecond,
    fullRefillPerSecond: bucket.size.refillPerSecond,
    burst: bucket.size.burst,
    waiting,
    throttled: bucket.throttles,
  };
}
