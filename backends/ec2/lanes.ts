import type { MonotonicClock } from '../../lib/clock.ts';
import { ThrottledError } from '../../lib/errors.ts';
import type { LaneState, MutatingOperation } from '../backend.ts';
import {
  BUCKETS,
  LANES,
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

/**
 * A call waits for its turn no longer than this, so that the time at which it was counted and the lease that allowed it
 * are still true when it is sent.
 */
const LONGEST_WAIT_SECONDS = 5;
/** A longer wait is answered by its half: whoever asks again moves up into the places of those who gave up. */
const LONGEST_ANSWER_SECONDS = 60;

const LANE_OF: Readonly<Record<MutatingOperation, LaneName>> = {
  launch: 'RunInstances',
  start: 'StartInstances',
  stop: 'StopInstances',
  terminate: 'TerminateInstances',
};

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
    const places = this.#places(lane, LANES[lane].isBatched ? [] : [key], [key]);
    const seconds = secondsUntil(places);
    const answer = seconds > LONGEST_ANSWER_SECONDS ? seconds / 2 : seconds;
    expectIn(places, answer);
    return answer;
  }

  /**
   * Waits for the turn of a call that names these keys, and takes it: send at once. Keys that have reserved use their turns,
   * others stand in line now. `ThrottledError` when it would take longer than some seconds; their places are kept.
   */
  async take(lane: LaneName, keys: readonly string[] = []): Promise<Permit> {
    const call = `call ${(this.#calls += 1)}`;
    const named = keys.length === 0 ? [call] : keys;
    const places = this.#places(lane, LANES[lane].isBatched ? [call] : named, named);
    try {
      await this.#wait(lane, places);
    } catch (error) {
      leave(places, [nameIn(lane, call)]);
      throw error;
    }
    return this.#use(places);
  }

  /** Every bucket, in the order of the table. */
  states(): readonly LaneState[] {
    return Object.entries(this.#lines).map(([bucket, line]) => ({ bucket, ...stateOf(line) }));
  }

  async #wait(lane: LaneName, places: readonly Place[]): Promise<void> {
    for (let seconds = secondsUntil(places); seconds > 0; seconds = secondsUntil(places)) {
      expectIn(places, seconds);
      if (seconds > LONGEST_WAIT_SECONDS) {
        throw new ThrottledError(`waiting for a turn of ${lane}`, seconds);
      }
      await this.#clock.sleep(Math.ceil(seconds * 1000));
    }
  }

  #use(places: readonly Place[]): Permit {
    const sentMs = this.#clock.monotonicMs();
    const used = places.map((place) => ({ ...place, turns: place.line.use(place.keys) }));
    for (const { bucket, turns } of used) {
      turns.forEach(({ sinceMs }) => {
        this.#onWaited(bucket, (sentMs - sinceMs) / 1000);
      });
    }
    return {
      throttled: () => {
        emptiest(used).bucket.throttled(sentMs);
        for (const { line, turns } of used) {
          line.giveBack(turns);
        }
        const seconds = secondsUntil(places);
        expectIn(places, seconds);
        return seconds;
      },
    };
  }

  #places(
    lane: LaneName,
    requests: readonly string[],
    instances: readonly string[],
  ): readonly Place[] {
    const buckets: LaneBuckets = LANES[lane];
    const join = (bucket: BucketName, keys: readonly string[]): Place => {
      const line = this.#lines[bucket];
      const names = keys.map((key) => nameIn(lane, key));
      line.join(names, buckets.priority);
      return { bucket, line, keys: names };
    };
    return [
      ...buckets.requests.map((bucket) => join(bucket, requests)),
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
  const fill = ({ line: { bucket } }: Place): number => bucket.tokens / bucket.usable;
  const [first, ...others] = places;
  if (first === undefined) {
    throw new Error('a call draws on a bucket');
  }
  return others.reduce((least, one) => (fill(one) < fill(least) ? one : least), first).line;
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
