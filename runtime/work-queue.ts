import type { Backoff } from '../lib/backoff.ts';
import type { MonotonicClock } from '../lib/clock.ts';
import { DelayedKeys } from './delayed-keys.ts';
import { LinkedList, type ListNode } from './linked-list.ts';
import type { Priority } from './priority.ts';
import { DEFAULT_BACKOFF, RateLimiter } from './rate-limiter.ts';

export type { Priority } from './priority.ts';

/** What the queue reports of itself; `lib/metrics.ts` makes them for a queue's name. */
export interface WorkQueueMetrics {
  /** Keys that are ready to be taken. */
  depth(keys: number): void;
  added(): void;
  /** The time between the first add of a key and its being taken. */
  waited(seconds: number): void;
  retried(): void;
}

export interface WorkQueueOptions {
  readonly clock: MonotonicClock;
  /** A number from 0 (inclusive) to 1 (exclusive), as `Math.random`. */
  readonly random: () => number;
  readonly backoff?: Backoff;
  readonly metrics?: WorkQueueMetrics;
}

/** A key that has to be worked on. */
interface DirtyKey<K> {
  readonly key: K;
  readonly addedMs: number;
  priority: Priority;
  /** Its place among the ready keys; undefined while a worker still has the key in hand. */
  node: ListNode<DirtyKey<K>> | undefined;
}

type Waiter<K> = (key: K | undefined) => void;

/**
 * A set of keys waiting for a reconcile, as client-go's work queue: a key that is added twice is taken once; a key
 * that is added while a worker has it in hand is taken again after `done`, never by two workers at once.
 * All operations are O(1), but for delayed ones, which are O(log n).
 */
export class WorkQueue<K extends string = string> {
  readonly #clock: MonotonicClock;
  readonly #metrics: WorkQueueMetrics | undefined;

  readonly #dirty = new Map<K, DirtyKey<K>>();
  /** Keys in hand, with the priority they were taken at. */
  readonly #processing = new Map<K, Priority>();
  readonly #ready = {
    user: new LinkedList<DirtyKey<K>>(),
    resync: new LinkedList<DirtyKey<K>>(),
  };
  readonly #limiter: RateLimiter<K>;
  readonly #delayed: DelayedKeys<K>;
  readonly #waiters = new LinkedList<Waiter<K>>();
  #isShutDown = false;

  constructor({ clock, random, backoff = DEFAULT_BACKOFF, metrics }: WorkQueueOptions) {
    this.#clock = clock;
    this.#metrics = metrics;
    this.#limiter = new RateLimiter<K>(backoff, random);
    this.#delayed = new DelayedKeys<K>(clock, (key, priority) => {
      this.add(key, priority);
    });
  }

  /** Keys that are ready to be taken; neither those in hand nor the delayed ones. */
  get depth(): number {
    return this.#ready.user.size + this.#ready.resync.size;
  }

  /** Every key that is ready or in hand. */
  keys(): readonly K[] {
    return [...new Set([...this.#dirty.keys(), ...this.#processing.keys()])];
  }

  /** Keys that wait for their time. */
  get delayed(): number {
    return this.#delayed.size;
  }

  /** Keys that a worker has taken and not given back. */
  get inHand(): number {
    return this.#processing.size;
  }

  get isShutDown(): boolean {
    return this.#isShutDown;
  }

  /** Failures of the key in a row, as counted by `addRateLimited`. */
  failuresOf(key: K): number {
    return this.#limiter.failuresOf(key);
  }

  /** The key is to be worked on. A waiting resync key that is added as a user's is promoted. */
  add(key: K, priority: Priority): void {
    if (this.#isShutDown) {
      return;
    }
    const known = this.#dirty.get(key);
    if (known === undefined) {
      this.#addNew(key, priority);
    } else if (priority === 'user' && known.priority === 'resync') {
      this.#promote(known);
    }
  }

  /**
   * As `add`, `seconds` from now; of several times for one key the earliest counts.
   * Without a priority: that of the pass in hand, else `resync`.
   */
  addAfter(key: K, seconds: number, priority: Priority = this.#priorityInHand(key)): void {
    if (this.#isShutDown) {
      return;
    }
    if (seconds > 0) {
      this.#delayed.add(key, seconds, priority);
    } else {
      this.add(key, priority);
    }
  }

  /** The key does not wait for its time any more; without effect on one that is ready or in hand. */
  cancelDelayed(key: K): void {
    this.#delayed.cancel(key);
  }

  /** Counts a failure of the key and adds it after its backoff. `forget` ends the count. */
  addRateLimited(key: K, priority: Priority = this.#priorityInHand(key)): void {
    this.#metrics?.retried();
    this.addAfter(key, this.#limiter.fail(key), priority);
  }

  /** The key's failures are over; the next one starts with the shortest wait. */
  forget(key: K): void {
    this.#limiter.forget(key);
  }

  /**
   * The next key, as soon as there is one: users' first, each in the order of adding. It is then in hand until
   * `done`. Undefined after the shutdown or when `signal` is aborted.
   */
  get(signal?: AbortSignal): Promise<K | undefined> {
    if (this.#isShutDown || signal?.aborted === true) {
      return Promise.resolve(undefined);
    }
    const key = this.#take();
    return key === undefined ? this.#waitForKey(signal) : Promise.resolve(key);
  }

  /**
   * The worker has finished with the key. If it was added meanwhile, it is ready again. Without effect on a key that
   * is not in hand.
   */
  done(key: K): void {
    if (!this.#processing.delete(key)) {
      return;
    }
    const again = this.#dirty.get(key);
    if (again !== undefined) {
      this.#enqueue(again);
    }
  }

  /**
   * No key is handed out any more and none is accepted; those that wait are dropped, since the next start looks at
   * every key.
   */
  shutDown(): void {
    this.#isShutDown = true;
    this.#delayed.clear();
    for (let wake = this.#waiters.shift(); wake; wake = this.#waiters.shift()) {
      wake(undefined);
    }
  }

  #priorityInHand(key: K): Priority {
    return this.#processing.get(key) ?? 'resync';
  }

  #addNew(key: K, priority: Priority): void {
    const added: DirtyKey<K> = {
      key,
      priority,
      addedMs: this.#clock.monotonicMs(),
      node: undefined,
    };
    this.#dirty.set(key, added);
    this.#metrics?.added();
    if (!this.#processing.has(key)) {
      this.#enqueue(added);
    }
  }

  #promote(dirty: DirtyKey<K>): void {
    dirty.priority = 'user';
    if (dirty.node !== undefined) {
      this.#ready.resync.remove(dirty.node);
      this.#enqueue(dirty);
    }
  }

  #enqueue(dirty: DirtyKey<K>): void {
    dirty.node = this.#ready[dirty.priority].push(dirty);
    this.#metrics?.depth(this.depth);
    const wake = this.#waiters.shift();
    wake?.(this.#take());
  }

  #take(): K | undefined {
    const next = this.#ready.user.shift() ?? this.#ready.resync.shift();
    if (next === undefined) {
      return undefined;
    }
    this.#dirty.delete(next.key);
    this.#processing.set(next.key, next.priority);
    this.#metrics?.depth(this.depth);
    this.#metrics?.waited((this.#clock.monotonicMs() - next.addedMs) / 1000);
    return next.key;
  }

  #waitForKey(signal: AbortSignal | undefined): Promise<K | undefined> {
    return new Promise((resolve) => {
      const node = this.#waiters.push((key) => {
        signal?.removeEventListener('abort', giveUp);
        resolve(key);
      });
      const giveUp = (): void => {
        this.#waiters.remove(node);
        resolve(undefined);
      };
      signal?.addEventListener('abort', giveUp, { once: true });
    });
  }
}
