import type { MonotonicClock } from '../lib/clock.ts';
import { MinHeap } from './min-heap.ts';
import type { Priority } from './priority.ts';

interface DelayedKey<K> {
  readonly key: K;
  readonly dueMs: number;
  priority: Priority;
}

/** Overtaken entries in the heap, beyond one for each key that waits, from which it is cleaned: so it is rarely done. */
const OVERTAKEN_SLACK = 64;

/** The longest wait that Node's timers know (2^31 - 1 ms); a longer one would fire at once. */
const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * Keys that are to be added later. The earliest of several times for one key wins. One timer serves them all, so
 * that 50,000 waiting keys cost one entry in Node's timer list.
 */
export class DelayedKeys<K extends string> {
  readonly #clock: MonotonicClock;
  readonly #onDue: (key: K, priority: Priority) => void;
  readonly #heap = new MinHeap<DelayedKey<K>>((a, b) => a.dueMs < b.dueMs);
  /** The entry that counts for each key; entries of the heap that are not in here were overtaken. */
  readonly #earliest = new Map<K, DelayedKey<K>>();
  #timer: { readonly dueMs: number; readonly cancel: () => void } | undefined;

  constructor(clock: MonotonicClock, onDue: (key: K, priority: Priority) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** Keys that wait. */
  get size(): number {
    return this.#earliest.size;
  }

  /** Calls `onDue` for the key after `seconds`, unless an earlier time is already set for it. */
  add(key: K, seconds: number, priority: Priority): void {
    const dueMs = this.#clock.monotonicMs() + seconds * 1000;
    const earlier = this.#earliest.get(key);
    if (earlier !== undefined && earlier.dueMs <= dueMs) {
      earlier.priority = priority === 'user' ? 'user' : earlier.priority;
      return;
    }
    const delayed: DelayedKey<K> = {
      key,
      dueMs,
      priority: earlier?.priority === 'user' ? 'user' : priority,
    };
    this.#earliest.set(key, delayed);
    this.#heap.push(delayed);
    this.#compact();
    this.#setTimer();
  }

  /** The key does not wait any more. */
  cancel(key: K): void {
    if (this.#earliest.delete(key)) {
      this.#dropOvertaken();
      this.#setTimer();
    }
  }

  /** Forgets every key and ends the timer. */
  clear(): void {
    this.#earliest.clear();
    this.#heap.clear();
    this.#setTimer();
  }

  /** What is at the top of the heap counts. */
  #dropOvertaken(): void {
    for (let next = this.#heap.peek(); next && !this.#counts(next); next = this.#heap.peek()) {
      this.#heap.pop();
    }
  }

  /** A key that is put off again and again must not leave an entry for each time. */
  #compact(): void {
    if (this.#heap.size <= 2 * this.#earliest.size + OVERTAKEN_SLACK) {
      return;
    }
    this.#heap.clear();
    for (const delayed of this.#earliest.values()) {
      this.#heap.push(delayed);
    }
  }

  #counts(delayed: DelayedKey<K>): boolean {
    return this.#earliest.get(delayed.key) === delayed;
  }

  #setTimer(): void {
    const next = this.#heap.peek();
    if (next?.dueMs === this.#timer?.dueMs) {
      return;
    }
    this.#timer?.cancel();
    this.#timer = undefined;
    if (next === undefined) {
      return;
    }
    const waitMs = Math.max(next.dueMs - this.#clock.monotonicMs(), 0);
    const cancel = this.#clock.schedule(Math.min(waitMs, LONGEST_TIMER_MS), () => {
      this.#timer = undefined;
      this.#releaseDue();
    });
    this.#timer = { dueMs: next.dueMs, cancel };
  }

  #releaseDue(): void {
    const nowMs = this.#clock.monotonicMs();
    for (let next = this.#heap.peek(); next && next.dueMs <= nowMs; next = this.#heap.peek()) {
      this.#heap.pop();
      if (this.#counts(next)) {
        this.#earliest.delete(next.key);
        this.#onDue(next.key, next.priority);
      }
    }
    this.#dropOvertaken();
    this.#setTimer();
  }
}
