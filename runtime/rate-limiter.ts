import { backoffSeconds, type Backoff } from '../lib/backoff.ts';

/**
 * A conflict is over as soon as the record is read again, so the first retry is quick; five minutes is how often
 * an operator's repair is looked for (lib/errors.ts). A third of jitter pulls apart keys that failed together.
 */
export const DEFAULT_BACKOFF: Backoff = { initialSeconds: 0.25, maxSeconds: 300, jitter: 0.33 };

/** Counts the failures of each key in a row and says how long the next wait is. */
export class RateLimiter<K extends string> {
  readonly #backoff: Backoff;
  readonly #random: () => number;
  readonly #failures = new Map<K, number>();

  constructor(backoff: Backoff, random: () => number) {
    this.#backoff = backoff;
    this.#random = random;
  }

  /** Failures of the key in a row. */
  failuresOf(key: K): number {
    return this.#failures.get(key) ?? 0;
  }

  /** Counts one more failure of the key; the answer is the seconds to wait. */
  fail(key: K): number {
    const failures = this.failuresOf(key) + 1;
    this.#failures.set(key, failures);
    return backoffSeconds({ ...this.#backoff, failures, random: this.#random });
  }

  /** The key's failures are over; the next one starts with the shortest wait. */
  forget(key: K): void {
    this.#failures.delete(key);
  }
}
