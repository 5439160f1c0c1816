import type { MonotonicClock } from '../../lib/clock.ts';
import type { MortalProcess } from './mortal-process.ts';
import { sleepOn } from './virtual-clock.ts';

interface Waiting {
  readonly dueMs: number;
  readonly callback: () => void;
}

/**
 * The clock of the backends of one process: a harness can see that a call waits for time and not for an answer. It stands
 * still with a process that is stopped, and what fell due meanwhile happens when that goes on.
 */
export class CallClock implements MonotonicClock {
  readonly #clock: MonotonicClock;
  readonly #life: MortalProcess;
  readonly #waiting = new Set<Waiting>();
  #isStopped = false;

  constructor(clock: MonotonicClock, life: MortalProcess) {
    this.#clock = clock;
    this.#life = life;
  }

  /** Milliseconds until the next timer; Infinity when none is set, or while it stands still. */
  get nextDueInMs(): number {
    if (this.#isStopped) {
      return Infinity;
    }
    const dueMs = Math.min(...[...this.#waiting].map((one) => one.dueMs));
    return Math.max(dueMs - this.monotonicMs(), 0);
  }

  stop(): void {
    this.#isStopped = true;
  }

  goOn(): void {
    this.#isStopped = false;
    this.#run((one) => one.dueMs <= this.monotonicMs());
  }

  /** The process is dead: what waits wakes, and finds that out. */
  end(): void {
    this.#run(() => true);
  }

  now(): Date {
    return this.#clock.now();
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    this.#life.assertAlive();
    await sleepOn(this, milliseconds, signal);
    this.#life.assertAlive();
  }

  schedule(milliseconds: number, callback: () => void): () => void {
    const one = { dueMs: this.monotonicMs() + milliseconds, callback };
    this.#waiting.add(one);
    const cancel = this.#clock.schedule(milliseconds, () => {
      if (!this.#isStopped) {
        this.#run((other) => other === one);
      }
    });
    return () => {
      this.#waiting.delete(one);
      cancel();
    };
  }

  #run(isDue: (one: Waiting) => boolean): void {
    for (const one of [...this.#waiting].filter(isDue)) {
      this.#waiting.delete(one);
      one.callback();
    }
  }
}
