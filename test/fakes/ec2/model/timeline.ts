import type { Clock } from '../../../../lib/clock.ts';
import { MinHeap } from '../../../../runtime/min-heap.ts';

interface Happening {
  readonly at: number;
  /** What happens at the same moment happens in the order in which it was planned. */
  readonly order: number;
  readonly effect: () => void;
}

/**
 * The fake's time, and what will happen by itself. Nothing waits: whoever looks lets everything happen that was due, each
 * at its own moment, and then sees the world at one moment. Milliseconds since 1970.
 */
export class Timeline {
  readonly #clock: Pick<Clock, 'now' | 'schedule'>;
  readonly #planned = new MinHeap<Happening>(
    (a, b) => a.at < b.at || (a.at === b.at && a.order < b.order),
  );
  #offsetMs = 0;
  #count = 0;
  #now: number;

  constructor(clock: Pick<Clock, 'now' | 'schedule'>) {
    this.#clock = clock;
    this.#now = clock.now().getTime();
  }

  /** The moment of the last look; inside of an effect, that for which it was planned. */
  now(): number {
    return this.#now;
  }

  /** Looks: what is due happens now. */
  settle(): void {
    const now = this.#clock.now().getTime() + this.#offsetMs;
    for (let next = this.#planned.peek(); next && next.at <= now; next = this.#planned.peek()) {
      this.#planned.pop();
      // A plan for the past happens at once.
      this.#now = Math.max(next.at, this.#now);
      next.effect();
    }
    this.#now = now;
  }

  /** Moves the fake's time ahead of its clock. */
  advance(seconds: number): void {
    this.#offsetMs += seconds * 1000;
    this.settle();
  }

  at(moment: number, effect: () => void): void {
    this.#planned.push({ at: moment, order: this.#count, effect });
    this.#count += 1;
  }

  /** The same, and looks by itself when the moment has come: for what nobody would ask about. */
  wakeAt(moment: number, effect: () => void): void {
    this.at(moment, effect);
    const waitMs = moment - (this.#clock.now().getTime() + this.#offsetMs);
    this.#clock.schedule(Math.max(waitMs, 0), () => {
      this.settle();
    });
  }
}
