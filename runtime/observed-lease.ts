import type { MonotonicClock } from '../lib/clock.ts';

/** The right to write as leader: this holder, in this epoch. */
export interface Leadership {
  /** Grows with every new leader. */
  readonly epoch: number;
  /** Unique for each run of a process. */
  readonly holder: string;
}

interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

/**
 * A lease as this process sees it without asking anybody. It counts from the moment before the call that took or
 * renewed it was sent, so it ends here before it ends for the others.
 */
export class ObservedLease {
  readonly leadership: Leadership;
  readonly #clock: MonotonicClock;
  #observed: Moment;

  /** `observed`: the moment before the lease was asked for. */
  constructor(leadership: Leadership, clock: MonotonicClock, observed: Moment) {
    this.leadership = leadership;
    this.#clock = clock;
    this.#observed = observed;
  }

  /** The lease was renewed by a call that was sent at `observed`. */
  renewed(observed: Moment): void {
    this.#observed = observed;
  }

  /**
   * The larger of two measures, because each is blind to something: the wall clock can be set back, and the
   * monotonic one stands still while the machine sleeps.
   */
  get ageSeconds(): number {
    const now = momentOf(this.#clock);
    const byMonotonic = now.monotonicMs - this.#observed.monotonicMs;
    const byWall = now.wallMs - this.#observed.wallMs;
    return Math.max(byMonotonic, byWall) / 1000;
  }
}

/** Now, by both clocks. */
export function momentOf(clock: MonotonicClock): Moment {
  return { monotonicMs: clock.monotonicMs(), wallMs: clock.now().getTime() };
}
