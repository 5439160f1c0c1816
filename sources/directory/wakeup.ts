import type { Clock } from '../../lib/clock.ts';

/** A wait that can be cut short; a call while nobody waits makes the next wait return at once. */
export class Wakeup {
  readonly #clock: Clock;
  #isPending = false;
  #current: AbortController | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wake(): void {
    this.#isPending = true;
    this.#current?.abort();
  }

  /** Resolves after `milliseconds`, on `wake`, or when `signal` is aborted. */
  async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (!this.#isPending) {
      this.#current = new AbortController();
      await this.#clock.sleep(milliseconds, AbortSignal.any([signal, this.#current.signal]));
      this.#current = undefined;
    }
    this.#isPending = false;
  }
}
