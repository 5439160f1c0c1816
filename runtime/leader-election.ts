import type { MonotonicClock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { aborted } from './aborted.ts';
import { momentOf, ObservedLease, type Leadership } from './observed-lease.ts';
import { withDeadline } from './with-deadline.ts';

export type { Leadership } from './observed-lease.ts';

/** Where the lease is kept. Every call may throw: the answer is then unknown, and asked for again. */
export interface LeaseStore {
  /** Takes the lease when nobody holds it or it was not renewed for `leaseSeconds`; undefined when somebody leads. */
  acquire(holder: string, leaseSeconds: number): Promise<Leadership | undefined>;
  /** False when somebody else has taken the lease since. */
  renew(leadership: Leadership): Promise<boolean>;
  /** Gives the lease up, so that the next leader need not wait for its end. */
  release(leadership: Leadership): Promise<void>;
}

export interface LeaseTimes {
  /** After so long without a renewal, others may take the lease. */
  readonly leaseSeconds: number;
  /** After so long without a renewal, the leader stops by itself, unless it waits in silence; shorter than the lease. */
  readonly renewDeadlineSeconds: number;
  /** Between two tries to acquire or renew; shorter than the renew deadline. */
  readonly retrySeconds: number;
}

export interface ElectorOptions extends Partial<LeaseTimes> {
  readonly store: LeaseStore;
  /** Unique for each run of a process. */
  readonly holder: string;
  /**
   * True where the lease is kept in the very store that fences: while that is silent nobody else can take the lease
   * through it, and nothing can be written, so the leader waits for its answer instead of giving up. Default: false.
   */
  readonly waitsInSilence?: boolean;
  readonly clock: MonotonicClock;
  readonly log: Logger;
  readonly onStartedLeading: (leadership: Leadership) => void;
  /** The process must end: this elector never leads again. Not called for a stop that was asked for. */
  readonly onStoppedLeading: (reason: string) => void;
}

/** As Kubernetes' own controllers have them: five tries to renew, and 5 s between giving up and being replaced. */
const DEFAULT_TIMES: LeaseTimes = { leaseSeconds: 15, renewDeadlineSeconds: 10, retrySeconds: 2 };
/** A release that takes longer is not worth the wait: the lease runs out by itself. */
const RELEASE_TIMEOUT_SECONDS = 2;

type Answer = 'renewed' | 'refused' | 'unknown' | 'stopped';

/**
 * Elects one leader among the processes that share a lease. Efficiency only: that a past leader writes nothing is the
 * promise of the fence in the database.
 */
export class Elector {
  readonly #options: ElectorOptions;
  readonly #times: LeaseTimes;
  #lease: ObservedLease | undefined;

  /** Throws `RangeError` when the times are not in order: retry < renew deadline < lease. */
  constructor(options: ElectorOptions) {
    this.#options = options;
    this.#times = { ...DEFAULT_TIMES, ...options };
    const { leaseSeconds, renewDeadlineSeconds, retrySeconds } = this.#times;
    if (!(retrySeconds < renewDeadlineSeconds && renewDeadlineSeconds < leaseSeconds)) {
      throw new RangeError(
        `retry (${retrySeconds} s), renew deadline (${renewDeadlineSeconds} s) and lease (${leaseSeconds} s) must grow`,
      );
    }
  }

  /** Undefined while this process does not lead. */
  get leadership(): Leadership | undefined {
    return this.#lease?.leadership;
  }

  /**
   * Whether the lease certainly lasts for `seconds` more; to be asked before every mutating call to a provider.
   * False at once in a process that was stopped for longer than its lease, before it has asked anybody.
   */
  leaseOutlives(seconds: number): boolean {
    return this.#lease !== undefined && this.#lease.ageSeconds + seconds < this.#times.leaseSeconds;
  }

  /**
   * Waits for the lease, leads, and renews it until `signal` is aborted; then releases it and resolves. `tick` is
   * called for every answer of the store. After a lost lease it does nothing but wait for the stop.
   */
  async run(signal: AbortSignal, tick: () => void = () => undefined): Promise<void> {
    const lease = await this.#acquire(signal, tick);
    if (lease === undefined) {
      return;
    }
    this.#lease = lease;
    if (!signal.aborted) {
      this.#options.log.info({ ...lease.leadership }, 'started leading');
      this.#options.onStartedLeading(lease.leadership);
    }
    const lossReason = await this.#keep(lease, signal, tick);
    this.#lease = undefined;
    if (lossReason === undefined) {
      await this.#release(lease);
      return;
    }
    this.#options.log.error({ ...lease.leadership, reason: lossReason }, 'stopped leading');
    this.#options.onStoppedLeading(lossReason);
    await aborted(signal);
  }

  /** The lease, as soon as it can be had; undefined when stopped before. */
  async #acquire(signal: AbortSignal, tick: () => void): Promise<ObservedLease | undefined> {
    const { store, holder, clock, log } = this.#options;
    while (!signal.aborted) {
      const sentAt = momentOf(clock);
      try {
        const leadership = await store.acquire(holder, this.#times.leaseSeconds);
        tick();
        if (leadership !== undefined) {
          return new ObservedLease(leadership, clock, sentAt);
        }
      } catch (error) {
        log.warn({ holder, error }, 'acquiring the lease failed');
      }
      await clock.sleep(this.#times.retrySeconds * 1000, signal);
    }
    return undefined;
  }

  /** Renews until stopped (undefined) or until the lease is lost (the reason). */
  async #keep(
    lease: ObservedLease,
    signal: AbortSignal,
    tick: () => void,
  ): Promise<string | undefined> {
    const { renewDeadlineSeconds, retrySeconds } = this.#times;
    const { waitsInSilence = false } = this.#options;
    for (;;) {
      await this.#options.clock.sleep(retrySeconds * 1000, signal);
      const answer = signal.aborted ? 'stopped' : await this.#renewInTime(lease, signal);
      if (answer === 'stopped') {
        return undefined;
      }
      if (answer === 'refused') {
        return 'another process has taken the lease';
      }
      if (answer === 'renewed') {
        tick();
      } else if (!waitsInSilence && lease.ageSeconds >= renewDeadlineSeconds) {
        return `the lease could not be renewed for ${renewDeadlineSeconds} s`;
      }
    }
  }

  /**
   * One try to renew, given up at the renew deadline. A process that wakes up after the deadline still has one try
   * of `retrySeconds`: if nobody took the lease meanwhile, it may go on.
   */
  async #renewInTime(lease: ObservedLease, signal: AbortSignal): Promise<Answer> {
    const { renewDeadlineSeconds, retrySeconds } = this.#times;
    const leftSeconds = renewDeadlineSeconds - lease.ageSeconds;
    const answer = await withDeadline(this.#renew(lease), {
      clock: this.#options.clock,
      seconds: leftSeconds > 0 ? leftSeconds : retrySeconds,
      signal,
    });
    return answer ?? (signal.aborted ? 'stopped' : 'unknown');
  }

  async #renew(lease: ObservedLease): Promise<Answer> {
    const sentAt = momentOf(this.#options.clock);
    try {
      if (!(await this.#options.store.renew(lease.leadership))) {
        return 'refused';
      }
      lease.renewed(sentAt);
      return 'renewed';
    } catch (error) {
      this.#options.log.warn({ ...lease.leadership, error }, 'renewing the lease failed');
      return 'unknown';
    }
  }

  async #release(lease: ObservedLease): Promise<void> {
    const { store, clock, log } = this.#options;
    const release = store.release(lease.leadership).catch((error: unknown) => {
      log.warn({ ...lease.leadership, error }, 'releasing the lease failed');
    });
    await withDeadline(release, { clock, seconds: RELEASE_TIMEOUT_SECONDS });
  }
}
