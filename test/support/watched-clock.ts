import type { MonotonicClock } from '../../lib/clock.ts';

/** A clock that knows when the next callback scheduled through it is due: the wait of a work queue for its next key. */
export class WatchedClock implements MonotonicClock {
  readonly #clock: MonotonicClock;
  readonly #due = new Set<{ readonly dueMs: number }>();
  #isStopped = false;

  constructor(clock: MonotonicClock) {
    this.#clock = clock;
  }

  /** Milliseconds until the next one; Infinity when nothing is scheduled. */
  get nextDueInMs(): number {
    const dueMs = Math.min(...[...this.#due].map((one) => one.dueMs));
    return Math.max(dueMs - this.monotonicMs(), 0);
  }

  /** From here on nothing that was scheduled happens. */
  stop(): void {
    this.#isStopped = true;
  }

  now(): Date {
    return this.#clock.now();
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    await this.#clock.sleep(milliseconds, signal);
  }

  schedule(milliseconds: number, callback: () => void): () => void {
    const entry = { dueMs: this.monotonicMs() + milliseconds };
    this.#due.add(entry);
    const cancel = this.#clock.schedule(milliseconds, () => {
      this.#due.delete(entry);
      if (!this.#isStopped) {
        callback();
      }
    });
    return () => {
      this.#due.delete(entry);
      cancel();
    };
  }
}
