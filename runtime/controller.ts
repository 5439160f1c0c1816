import type { MonotonicClock } from '../lib/clock.ts';
import { messageWithCauses } from '../lib/error-message.ts';
import { ReconcileError, type Retry } from '../lib/errors.ts';
import type { LogFields, Logger } from '../lib/logger.ts';
import { aborted } from './aborted.ts';
import { Slots } from './slots.ts';
import type { WorkQueue } from './work-queue.ts';

/** What a pass asks for when nothing went wrong. */
export type Result =
  { readonly kind: 'done' } | { readonly kind: 'requeueAfter'; readonly seconds: number };

/** How a pass ended: by its result, or by what its error asks for. */
export type ReconcileOutcome = (Result | Retry)['kind'];

/** `lib/metrics.ts` makes them for a controller's name. */
export interface ControllerMetrics {
  reconciled(outcome: ReconcileOutcome, seconds: number): void;
}

/**
 * One pass over one key. `signal` is aborted only when the process cannot wait any longer. Throws `ReconcileError`
 * to say what becomes of the key; any other error is a bug, logged with its stack and tried again.
 */
export type Reconcile<K extends string> = (
  key: K,
  signal: AbortSignal,
  reconcileId: string | undefined,
) => Promise<Result>;

export interface ControllerOptions<K extends string> {
  /** Unique; serves log, metric and queue. */
  readonly name: string;
  readonly queue: WorkQueue<K>;
  /** How many keys are worked on at once; those that are parked do not count. */
  readonly concurrency: number;
  readonly reconcile: Reconcile<K>;
  /** Called once, with the error after which the process must end. */
  readonly onFatal: (error: Error) => void;
  readonly clock: MonotonicClock;
  readonly log: Logger;
  readonly metrics?: ControllerMetrics;
  /** Makes the id that ties the log lines of one pass together. */
  readonly newReconcileId?: () => string;
  /** What the log says of a key; `{ key }` by default. */
  readonly describe?: (key: K) => LogFields;
  /** After the stop, the seconds until the signal of the passes in hand is aborted. */
  readonly stopGraceSeconds?: number;
  /** A pass that takes longer makes the controller look stale. */
  readonly stuckAfterSeconds?: number;
}

/** Under the 30 s that Kubernetes leaves between SIGTERM and SIGKILL, with room to write down what was done. */
const STOP_GRACE_SECONDS = 20;
/** As many as one call to a provider may be for; each holds little more than its record. */
const MOST_PARKED = 1000;
/** Longer than any one call to a backend may take, shorter than a person's patience. */
const STUCK_AFTER_SECONDS = 120;
/** How often an idle controller says that it is well: several times within any sensible `staleAfterSeconds`. */
const BEAT_SECONDS = 5;

interface PassEnd {
  readonly next: Result | Retry;
  readonly error?: Error;
}

/** Takes keys from its queue, reconciles each, and decides what becomes of it by how the pass ended. */
export class Controller<K extends string = string> {
  readonly name: string;
  readonly #options: ControllerOptions<K>;
  readonly #log: Logger;
  /** When each pass in hand began; the oldest comes first. */
  readonly #startedMs = new Map<K, number>();
  readonly #slots: Slots;
  readonly #fatal = new AbortController();

  constructor(options: ControllerOptions<K>) {
    this.name = options.name;
    this.#options = options;
    this.#log = options.log.child({ controller: options.name });
    this.#slots = new Slots(options.concurrency, MOST_PARKED);
  }

  /**
   * For a pass: waits for `work` while other keys are worked on in its place. The key stays in hand. When too many are
   * parked already it keeps its place.
   */
  async park<T>(work: () => Promise<T>): Promise<T> {
    return await this.#slots.leaveWhile(work);
  }

  /**
   * Works until `stop` is aborted; then takes no more keys, finishes the passes in hand, shuts the queue down and
   * resolves. After a fatal error it does nothing but wait for the stop. `tick` is called while no pass is stuck.
   * Rejects only when the log, a metric or `onFatal` throws; it can then be run again.
   */
  async run(stop: AbortSignal, tick: () => void = () => undefined): Promise<void> {
    const ended = new AbortController();
    const beats = this.#beat(tick, ended.signal);
    try {
      await this.#workAll(stop, this.#graceAfter(stop, ended.signal));
      await aborted(stop);
      this.#options.queue.shutDown();
    } finally {
      ended.abort();
      await beats;
    }
  }

  /** The passes of the first run end before a second one begins, so that their number never adds up. */
  async #workAll(stop: AbortSignal, abandon: AbortSignal): Promise<void> {
    const failed = new AbortController();
    const noMoreKeys = AbortSignal.any([stop, failed.signal, this.#fatal.signal]);
    const passes = new Set<Promise<void>>();
    for (;;) {
      await this.#slots.enter();
      const key = await this.#options.queue.get(noMoreKeys);
      if (key === undefined) {
        this.#slots.leave();
        break;
      }
      const pass = this.#work(key, abandon).finally(() => {
        this.#slots.leave();
      });
      passes.add(pass);
      pass.then(
        () => passes.delete(pass),
        () => {
          failed.abort();
        },
      );
    }
    await Promise.allSettled(passes);
    await Promise.all(passes);
  }

  async #work(key: K, abandon: AbortSignal): Promise<void> {
    try {
      await this.#pass(key, abandon);
    } finally {
      this.#options.queue.done(key);
    }
  }

  async #pass(key: K, signal: AbortSignal): Promise<void> {
    const { clock, describe, metrics, newReconcileId } = this.#options;
    const startedMs = clock.monotonicMs();
    const reconcileId = newReconcileId?.();
    this.#startedMs.set(key, startedMs);
    const end = await this.#attempt(key, signal, reconcileId);
    this.#startedMs.delete(key);
    const seconds = (clock.monotonicMs() - startedMs) / 1000;
    metrics?.reconciled(end.next.kind, seconds);
    if (end.error !== undefined) {
      const about = { ...(describe?.(key) ?? { key }), ...(reconcileId && { reconcileId }) };
      this.#logFailure(end.error, {
        ...about,
        retry: end.next.kind,
        durationMs: Math.round(seconds * 1000),
      });
    }
    this.#conclude(key, end);
  }

  async #attempt(key: K, signal: AbortSignal, reconcileId: string | undefined): Promise<PassEnd> {
    try {
      return { next: await this.#options.reconcile(key, signal, reconcileId) };
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error('reconciling', { cause: thrown });
      return { next: error instanceof ReconcileError ? error.retry : { kind: 'backoff' }, error };
    }
  }

  #logFailure(error: Error, fields: LogFields): void {
    if (!(error instanceof ReconcileError)) {
      this.#log.error({ ...fields, error }, 'reconcile failed unexpectedly');
      return;
    }
    // An expected error says all in its message; its stack would only hide the next line.
    this.#log.warn(
      { ...fields, reason: error.reason, error: messageWithCauses(error) },
      'reconcile failed',
    );
  }

  /** The law of what follows from a pass: retry with backoff, at a time, or not until the next add. */
  #conclude(key: K, { next, error }: PassEnd): void {
    const { queue } = this.#options;
    // The newest pass knows best when to look again; what an earlier one has asked for is over.
    queue.cancelDelayed(key);
    switch (next.kind) {
      case 'done':
      case 'drop':
        queue.forget(key);
        break;
      case 'requeueAfter':
        queue.forget(key);
        queue.addAfter(key, next.seconds);
        break;
      case 'after':
        // No failure of the key, so its count of failures neither grows nor ends.
        queue.addAfter(key, next.seconds);
        break;
      case 'backoff':
        queue.addRateLimited(key);
        break;
      case 'stop-process':
        this.#stopProcess(error);
        break;
    }
  }

  #stopProcess(error: Error | undefined): void {
    if (!this.#fatal.signal.aborted) {
      this.#fatal.abort();
      this.#options.onFatal(error ?? new Error('stopping the process'));
    }
  }

  /** A signal that is aborted some time after `stop`, unless the passes in hand have ended by then. */
  #graceAfter(stop: AbortSignal, ended: AbortSignal): AbortSignal {
    const { clock, stopGraceSeconds = STOP_GRACE_SECONDS } = this.#options;
    const abandon = new AbortController();
    void aborted(stop)
      .then(() => clock.sleep(stopGraceSeconds * 1000, ended))
      .then(() => {
        abandon.abort();
      });
    return abandon.signal;
  }

  /** An idle controller is healthy; one whose oldest pass does not end is not. */
  async #beat(tick: () => void, ended: AbortSignal): Promise<void> {
    const { clock, stuckAfterSeconds = STUCK_AFTER_SECONDS } = this.#options;
    while (!ended.aborted) {
      const [oldestMs = clock.monotonicMs()] = this.#startedMs.values();
      if (clock.monotonicMs() - oldestMs < stuckAfterSeconds * 1000) {
        tick();
      }
      await clock.sleep(BEAT_SECONDS * 1000, ended);
    }
  }
}
