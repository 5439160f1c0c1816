import { setImmediate } from 'node:timers/promises';
import type { MonotonicClock } from '../../lib/clock.ts';
import { MinHeap } from '../../runtime/min-heap.ts';

interface Timer {
  readonly dueMs: number;
  /** Timers that are due together run in the order in which they were set. */
  readonly order: number;
  readonly callback: () => void;
  isCancelled: boolean;
}

/** A moment of a virtual clock. */
export interface ClockMark {
  readonly wallMs: number;
  readonly elapsedMs: number;
}

/** What Node's timers do with a longer wait (2^31 - 1 ms): they fire after 1 ms. */
const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * Time that moves only when a test says so. `advance` runs what falls due, in order, and lets every promise that
 * follows from it settle before the next timer: no test waits for real time. It cannot wait for real I/O.
 */
export class VirtualClock implements MonotonicClock {
  #wallMs: number;
  #elapsedMs = 0;
  #timersSet = 0;
  #timersPending = 0;
  readonly #timers = new MinHeap<Timer>(
    (a, b) => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order),
  );

  constructor(start: Date = new Date('2026-01-01T00:00:00Z')) {
    this.#wallMs = start.getTime();
  }

  /** Timers that have neither run nor been cancelled. */
  get pendingTimers(): number {
    return this.#timersPending;
  }

  /** Milliseconds until the next timer; Infinity when none is set. */
  get nextDueInMs(): number {
    for (let timer = this.#timers.peek(); timer; timer = this.#timers.peek()) {
      if (!timer.isCancelled) {
        return Math.max(timer.dueMs - this.#elapsedMs, 0);
      }
      this.#timers.pop();
    }
    return Infinity;
  }

  now(): Date {
    return new Date(this.#wallMs);
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    await sleepOn(this, milliseconds, signal);
  }

  schedule(milliseconds: number, callback: () => void): () => void {
    const waitMs = milliseconds > LONGEST_TIMER_MS ? 1 : Math.max(milliseconds, 0);
    const dueMs = this.#elapsedMs + waitMs;
    const timer: Timer = { dueMs, order: this.#timersSet, callback, isCancelled: false };
    this.#timersSet += 1;
    this.#timersPending += 1;
    this.#timers.push(timer);
    return () => {
      this.#cancel(timer);
    };
  }

  /** Moves time on by `milliseconds`, running on the way what falls due, timers set on the way included. */
  async advance(milliseconds: number): Promise<void> {
    const targetMs = this.#elapsedMs + milliseconds;
    await this.flush();
    for (let timer = this.#takeDue(targetMs); timer; timer = this.#takeDue(targetMs)) {
      this.jump(Math.max(timer.dueMs - this.#elapsedMs, 0));
      timer.callback();
      await this.flush();
    }
    this.jump(Math.max(targetMs - this.#elapsedMs, 0));
  }

  /** Moves time on without running a timer: what a process sees that was stopped and goes on. */
  jump(milliseconds: number): void {
    this.#elapsedMs += milliseconds;
    this.#wallMs += milliseconds;
  }

  /** Where time is; to be given to `rewind`. */
  mark(): ClockMark {
    return { wallMs: this.#wallMs, elapsedMs: this.#elapsedMs };
  }

  /** Puts time back, and forgets every timer: for a world that begins again, in which nobody lives who has set one. */
  rewind({ wallMs, elapsedMs }: ClockMark): void {
    for (let timer = this.#timers.pop(); timer; timer = this.#timers.pop()) {
      this.#cancel(timer);
    }
    this.#wallMs = wallMs;
    this.#elapsedMs = elapsedMs;
  }

  /** Sets the wall clock forward or (negative) back, as an operator or NTP does; no duration changes. */
  stepWallClock(milliseconds: number): void {
    this.#wallMs += milliseconds;
  }

  /** Resolves when every promise that can settle without time or I/O has settled. */
  async flush(): Promise<void> {
    await setImmediate();
  }

  #takeDue(targetMs: number): Timer | undefined {
    for (let timer = this.#timers.peek(); timer; timer = this.#timers.peek()) {
      if (!timer.isCancelled && timer.dueMs > targetMs) {
        return undefined;
      }
      this.#timers.pop();
      if (!timer.isCancelled) {
        this.#cancel(timer);
        return timer;
      }
    }
    return undefined;
  }

  /** A timer that ran counts as cancelled too: cancelling it later does nothing. */
  #cancel(timer: Timer): void {
    this.#timersPending -= timer.isCancelled ? 0 : 1;
    timer.isCancelled = true;
  }
}

/** `Clock.sleep` of a clock that can schedule. */
export function sleepOn(
  clock: Pick<MonotonicClock, 'schedule'>,
  milliseconds: number,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const done = (): void => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.schedule(milliseconds, done);
    signal?.addEventListener('abort', done, { once: true });
  });
}
