import { systemClock, type MonotonicClock } from '../../lib/clock.ts';

/**
 * Time that passes a number of times as fast as on the wall: for tests whose subject waits for timers and for real I/O by
 * turns, which a clock that a test moves by hand cannot do.
 */
export class FastClock implements MonotonicClock {
  readonly #factor: number;
  readonly #startMs = Date.now();
  #skippedMs = 0;

  constructor(factor: number) {
    this.#factor = factor;
  }

  /** Moves time on at once; what is waited for by then comes no earlier. */
  skip(milliseconds: number): void {
    this.#skippedMs += milliseconds;
  }

  now(): Date {
    const passedMs = (Date.now() - this.#startMs) * this.#factor;
    return new Date(this.#startMs + passedMs + this.#skippedMs);
  }

  monotonicMs(): number {
    return systemClock.monotonicMs() * this.#factor + this.#skippedMs;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(milliseconds / this.#factor, signal);
  }

  schedule(milliseconds: number, callback: () => void): () => void {
    return systemClock.schedule(milliseconds / this.#factor, callback);
  }
}
