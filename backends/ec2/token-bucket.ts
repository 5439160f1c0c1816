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
const PAUSE_SECONDS = 5;
/** Seconds times tokens a second leaves a rest in the fifteenth digit. */
const ROUNDING = 1e-6;

/** What we may still ask of one bucket of the provider, by our own account; slower after it has throttled. */
export class TokenBucket {
  readonly size: BucketSize;
  /** `usableTokens` of its size. */
  readonly usable: number;
  readonly #clock: MonotonicClock;
  #tokens: number;
  /** Refill is counted from here on; in the future during a pause. */
  #atMs: number;
  #refillPerSecond: number;
  #recoverAtMs = Infinity;
  #throttledMs = -Infinity;
  #throttles = 0;

  constructor(size: BucketSize, clock: MonotonicClock) {
    this.size = size;
    this.usable = usableTokens(size);
    this.#clock = clock;
    this.#tokens = this.usable;
    this.#atMs = clock.monotonicMs();
    this.#refillPerSecond = size.refillPerSecond;
  }

  get tokens(): number {
    this.#advance();
    return this.#tokens;
  }

  get refillPerSecond(): number {
    this.#advance();
    return this.#refillPerSecond;
  }

  /** Throttles since the start. */
  get throttles(): number {
    return this.#throttles;
  }

  /** Seconds until so many tokens have come, if nobody takes any; 0 when they are there. */
  secondsUntil(tokens: number): number {
    this.#advance();
    const missing = tokens - this.#tokens;
    if (missing <= ROUNDING) {
      return 0;
    }
    const pausedMs = Math.max(this.#atMs - this.#clock.monotonicMs(), 0);
    return pausedMs / 1000 + missing / this.#refillPerSecond;
  }

  /** Takes the tokens, there or not. */
  take(tokens: number): void {
    this.#advance();
    this.#tokens -= tokens;
  }

  /**
   * The provider refused a call that was sent at `sentMs`. Calls that were on their way together count as one throttle:
   * those that were sent before it was known change nothing more.
   */
  throttled(sentMs: number): void {
    this.#advance();
    this.#throttles += 1;
    if (sentMs <= this.#throttledMs) {
      return;
    }
    const { refillPerSecond } = this.size;
    const nowMs = this.#clock.monotonicMs();
    this.#throttledMs = nowMs;
    this.#refillPerSecond = Math.max(
      this.#refillPerSecond * SLOW_DOWN_FACTOR,
      refillPerSecond * LEAST_SHARE,
    );
    this.#tokens = Math.min(this.#tokens, 0);
    this.#atMs = nowMs + PAUSE_SECONDS * 1000;
    this.#recoverAtMs = this.#atMs + RECOVERY_STEP_MS;
  }

  #advance(): void {
    const nowMs = this.#clock.monotonicMs();
    while (this.#recoverAtMs <= nowMs) {
      this.#refillUntil(this.#recoverAtMs);
      this.#recover();
    }
    this.#refillUntil(nowMs);
  }

  #recover(): void {
    const { refillPerSecond: full } = this.size;
    this.#refillPerSecond = Math.min(this.#refillPerSecond * RECOVERY_FACTOR, full);
    this.#recoverAtMs += this.#refillPerSecond < full ? RECOVERY_STEP_MS : Infinity;
  }

  #refillUntil(ms: number): void {
    if (ms > this.#atMs) {
      const refilled = this.#tokens + ((ms - this.#atMs) / 1000) * this.#refillPerSecond;
      this.#tokens = Math.min(refilled, this.usable);
      this.#atMs = ms;
    }
  }
}

/** The most tokens that are ever taken at once. */
export function usableTokens({ burst, refillPerSecond }: BucketSize): number {
  return burst - JITTER_SECONDS * refillPerSecond;
}
