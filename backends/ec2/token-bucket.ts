import type { MonotonicClock } from '../../lib/clock.ts';
import type { BucketSize } from './bucket-table.ts';

/**
 * By how much the way of one request to the provider may be longer than that of another. Its bucket refills from when our
 * request arrives, so one that is slow followed by one that is fast looks like a faster pace: this much refill is never used.
 */
const JITTER_SECONDS = 0.4;
/** What a throttle leaves of the refill, and what each step of the recovery adds (ec2.md, "Lanes"). */
const SLOW_DOWN_FACTOR = 0.5;
const RECOVERY_FACTOR = 1.1;
const RECOVERY_STEP_MS = 10_000;
/** Never slower than this share of the full refill: from there it takes five minutes back. */
const LEAST_SHARE = 1 / 16;
/**
 * No call for this long after a throttle: at half of the refill (the rest may be a neighbour's) RunInstances then has five
 * tokens again, its whole burst.
 */
const PAUSE_MS = 5000;
/**
 * A bucket that throttles before it has recovered is shared with a neighbour: just below the pace at which it did, the
 * recovery rests, so that most calls are made at a pace that both can live with. Simulated: half as many throttles.
 */
const REST_SHARE = 0.8;
const REST_MS = 60_000;
/** Seconds times tokens a second leaves a rest in the fifteenth digit. */
const ROUNDING = 1e-6;

/** How full a bucket is, and how that goes on. */
interface Level {
  readonly tokens: number;
  /** Refill is counted from here on; in the future during a pause. */
  readonly atMs: number;
  readonly refillPerSecond: number;
  /** When it recovers by the next step. */
  readonly recoverAtMs: number;
  /** The pace at which the recovery rests. */
  readonly restPerSecond: number;
}

/** What we may still ask of one bucket of the provider, by our own account; slower after it has throttled. */
export class TokenBucket {
  readonly size: BucketSize;
  readonly #clock: MonotonicClock;
  #level: Level;
  #throttledMs = -Infinity;
  #throttles = 0;

  constructor(size: BucketSize, clock: MonotonicClock) {
    const { refillPerSecond } = size;
    const atMs = clock.monotonicMs();
    this.size = size;
    this.#clock = clock;
    this.#level = {
      tokens: usableTokens(size),
      atMs,
      refillPerSecond,
      recoverAtMs: Infinity,
      restPerSecond: Infinity,
    };
  }

  get tokens(): number {
    return this.#now().tokens;
  }

  get refillPerSecond(): number {
    return this.#now().refillPerSecond;
  }

  /** The most tokens that it ever holds; less while it is slow, since who takes of the refill takes of the burst too. */
  get capacity(): number {
    return capacityOf(this.#now(), this.size);
  }

  /** Throttles since the start. */
  get throttles(): number {
    return this.#throttles;
  }

  /** Seconds until so many tokens have come, if nobody takes any and there were room for them; 0 when they are there. */
  secondsUntil(tokens: number): number {
    let level = this.#now();
    while (level.recoverAtMs < fullMs(level, tokens)) {
      level = recover(refill(level, level.recoverAtMs, Infinity), this.size);
    }
    return Math.max(fullMs(level, tokens) - this.#clock.monotonicMs(), 0) / 1000;
  }

  /** Takes the tokens, there or not. */
  take(tokens: number): void {
    const level = this.#now();
    this.#level = { ...level, tokens: level.tokens - tokens };
  }

  /**
   * The provider refused a call that was sent at `sentMs`. Calls that were on their way together count as one throttle:
   * those that were sent before it was known change nothing more.
   */
  throttled(sentMs: number): void {
    this.#throttles += 1;
    if (sentMs <= this.#throttledMs) {
      return;
    }
    const { tokens, refillPerSecond } = this.#now();
    this.#throttledMs = this.#clock.monotonicMs();
    const atMs = this.#throttledMs + PAUSE_MS;
    this.#level = {
      tokens: Math.min(tokens, 0),
      atMs,
      refillPerSecond: Math.max(
        refillPerSecond * SLOW_DOWN_FACTOR,
        this.size.refillPerSecond * LEAST_SHARE,
      ),
      recoverAtMs: atMs + RECOVERY_STEP_MS,
      restPerSecond:
        refillPerSecond < this.size.refillPerSecond ? refillPerSecond * REST_SHARE : Infinity,
    };
  }

  #now(): Level {
    const nowMs = this.#clock.monotonicMs();
    let level = this.#level;
    while (level.recoverAtMs <= nowMs) {
      level = refill(level, level.recoverAtMs, capacityOf(level, this.size));
      level = recover(level, this.size);
    }
    this.#level = refill(level, nowMs, capacityOf(level, this.size));
    return this.#level;
  }
}

/** The most tokens that are ever taken at once. */
export function usableTokens({ burst, refillPerSecond }: BucketSize): number {
  return burst - JITTER_SECONDS * refillPerSecond;
}

function capacityOf({ refillPerSecond }: Level, size: BucketSize): number {
  return Math.max((usableTokens(size) * refillPerSecond) / size.refillPerSecond, 1);
}

function refill(level: Level, ms: number, capacity: number): Level {
  const seconds = Math.max(ms - level.atMs, 0) / 1000;
  const tokens = Math.min(level.tokens + seconds * level.refillPerSecond, capacity);
  return { ...level, tokens, atMs: Math.max(ms, level.atMs) };
}

function recover(level: Level, { refillPerSecond: full }: BucketSize): Level {
  const { recoverAtMs, restPerSecond } = level;
  const refillPerSecond = Math.min(level.refillPerSecond * RECOVERY_FACTOR, full);
  if (refillPerSecond >= restPerSecond) {
    const rested = { restPerSecond: Infinity, recoverAtMs: recoverAtMs + REST_MS };
    return { ...level, ...rested, refillPerSecond: restPerSecond };
  }
  const nextMs = refillPerSecond < full ? recoverAtMs + RECOVERY_STEP_MS : Infinity;
  return { ...level, refillPerSecond, recoverAtMs: nextMs };
}

/** When so many tokens are there, at the pace of now. */
function fullMs({ tokens: held, atMs, refillPerSecond }: Level, tokens: number): number {
  const missing = tokens - held;
  return missing <= ROUNDING ? -Infinity : atMs + (missing / refillPerSecond) * 1000;
}
