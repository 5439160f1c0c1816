import type { Clock } from '../../lib/clock.ts';

export interface BucketLimits {
  readonly perSecond: number;
  readonly burst: number;
  /** Beyond it the one that was used the longest ago is forgotten, which mostly is full again anyway. */
  readonly maxKeys: number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

/** Token buckets by key, of bounded memory. A key that is not known has a full bucket. */
export class TokenBuckets {
  readonly #buckets = new Map<string, Bucket>();
  readonly #limits: BucketLimits;
  readonly #clock: Clock;

  constructor(limits: BucketLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** How many keys are kept in memory. */
  get size(): number {
    return this.#buckets.size;
  }

  has(key: string): boolean {
    return this.#buckets.has(key);
  }

  /** Seconds until there is a token; 0: now. Takes none. */
  waitSeconds(key: string): number {
    const bucket = this.#buckets.get(key);
    const tokens = bucket === undefined ? this.#limits.burst : this.#refilled(bucket);
    return Math.max(0, (1 - tokens) / this.#limits.perSecond);
  }

  /** Takes a token, or none when there is none. */
  take(key: string): void {
    const bucket = this.#buckets.get(key);
    const tokens = bucket === undefined ? this.#limits.burst : this.#refilled(bucket);
    this.#buckets.delete(key); // The order of the map is the order of use.
    this.#buckets.set(key, { tokens: Math.max(0, tokens - 1), atMs: this.#clock.now().getTime() });
    this.#forgetOldest();
  }

  forget(key: string): void {
    this.#buckets.delete(key);
  }

  // A clock that was set back gives nothing and takes nothing.
  #refilled({ tokens, atMs }: Bucket): number {
    const seconds = Math.max(0, this.#clock.now().getTime() - atMs) / 1000;
    return Math.min(this.#limits.burst, tokens + seconds * this.#limits.perSecond);
  }

  #forgetOldest(): void {
    if (this.#buckets.size > this.#limits.maxKeys) {
      const [oldest = ''] = this.#buckets.keys();
      this.#buckets.delete(oldest);
    }
  }
}
