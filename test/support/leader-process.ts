import type { Pool } from 'pg';
import type { Backend } from '../../backends/backend.ts';
import { createLeader, type Leader } from '../../cmd/wiring/leader.ts';
import {
  GarbageCollector,
  type GarbageMode,
} from '../../controllers/garbage-collection/reconciler.ts';
import type { MonotonicClock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Metrics } from '../../lib/metrics.ts';
import type { Db } from '../../store/db.ts';
import { acquireEpoch } from '../../store/epoch.ts';
import type { Leadership } from '../../store/fencing.ts';
import { CallClock } from './call-clock.ts';
import { mortalDb } from './mortal-pool.ts';
import { MortalProcess } from './mortal-process.ts';
import { testProvisioning, type TestProvisioningOptions } from './provisioning.ts';
import { WatchedClock } from './watched-clock.ts';

export const INSTALLATION_ID = 'test-installation';
/** Virtual seconds between two looks at the backends, as the options of a real leader have it. */
export const POLL_SECONDS = 2;

/** What a test may say about a leader. */
export interface LeaderChoices extends TestProvisioningOptions {
  /** Default: `INSTALLATION_ID`. */
  readonly installationId?: string;
  readonly isObserveOnly?: boolean;
  readonly installationMismatch?: string;
}

/** What the backends of one process have of it. */
export interface BackendProcess {
  readonly life: MortalProcess;
  /** For the timers of calls. */
  readonly clock: MonotonicClock;
  /** Whether it is sure to lead until a call has ended. */
  readonly mayCall: () => boolean;
}

/** The backends of one process, by key. */
export type OpenBackends = (process: BackendProcess) => ReadonlyMap<string, Backend>;

export interface LeaderProcessOptions extends LeaderChoices {
  readonly pool: Pool;
  readonly openBackends: OpenBackends;
  readonly clock: MonotonicClock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** One leader as a process of its own: it may die at any call, be fenced, or go on beside its successor. */
export class LeaderProcess {
  readonly life: MortalProcess;
  readonly leader: Leader;
  readonly leadership: Leadership;
  readonly #collector: GarbageCollector;
  readonly #clock: WatchedClock;
  readonly #callClock: CallClock;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  #garbageMode: GarbageMode = 'enforce';
  #fatal: Error | undefined;
  #hasLease = true;

  /** Becomes leader, whoever leads now. */
  static async start(options: LeaderProcessOptions): Promise<LeaderProcess> {
    const life = new MortalProcess();
    const db = mortalDb(options.pool, life);
    const holder = `holder-${options.clock.monotonicMs()}`;
    const leadership = await acquireEpoch(db, holder, 0);
    if (leadership === undefined) {
      throw new Error('taking the lead: somebody else took it at this very moment');
    }
    return new LeaderProcess(options, { life, db, leadership });
  }

  private constructor(
    options: LeaderProcessOptions,
    own: { readonly life: MortalProcess; readonly db: Db; readonly leadership: Leadership },
  ) {
    const { isObserveOnly = false, installationMismatch: mismatch } = options;
    const { installationId = INSTALLATION_ID } = options;
    this.life = own.life;
    this.leadership = own.leadership;
    this.#clock = new WatchedClock(options.clock);
    this.#callClock = new CallClock(options.clock, this.life);
    const hasLease = (): boolean => this.#hasLease;
    const shared = {
      ...own,
      leaseOutlives: hasLease,
      backends: options.openBackends({
        life: this.life,
        clock: this.#callClock,
        mayCall: hasLease,
      }),
      log: options.log,
      metrics: options.metrics,
    };
    this.leader = createLeader({
      ...shared,
      installation: {
        id: installationId,
        createdAt: options.clock.now(),
        ...(mismatch !== undefined && { mismatch }),
      },
      provisioning: testProvisioning(options),
      pollSeconds: POLL_SECONDS,
      isObserveOnly,
      onFatal: (error) => {
        this.#fatal = error;
      },
      clock: this.#clock,
      random: () => 0.5,
    });
    this.#collector = new GarbageCollector({
      ...shared,
      mode: () => (isObserveOnly ? 'report' : this.#garbageMode),
      installationMismatch: mismatch !== undefined,
      listBackend: async (key, backend) =>
        backend.listIntervalSeconds === undefined
          ? await backend.list()
          : this.leader.fleet.listed(key),
    });
    this.#ended = this.leader.controller.run(this.#stop.signal);
  }

  /** Why the process has to end by itself: it was fenced. */
  get fatal(): Error | undefined {
    return this.#fatal;
  }

  /** It does nothing any more: killed, or fenced. */
  get isOver(): boolean {
    return this.life.isDead || this.#fatal !== undefined;
  }

  /** No key is in hand, and none that could be taken. */
  get isIdle(): boolean {
    const { inHand, depth } = this.leader.queue;
    return inHand === 0 && (depth === 0 || this.#fatal !== undefined);
  }

  /** Milliseconds until the next key is due; Infinity when none waits. */
  get nextDueInMs(): number {
    return this.isOver ? Infinity : this.#clock.nextDueInMs;
  }

  /** Every call that is under way waits for a timer of its own, and only time brings the process on. */
  get waitsForTime(): boolean {
    return this.life.underWay === 0 && this.#callClock.nextDueInMs < Infinity;
  }

  /** Milliseconds until the next timer of a call. */
  get nextCallTimerInMs(): number {
    return this.#callClock.nextDueInMs;
  }

  /** One pass of garbage collection. */
  async collectGarbage(mode: GarbageMode): Promise<void> {
    this.#garbageMode = mode;
    await this.#collector.pass();
  }

  /** Stands still as a stopped process does, past the end of its lease. Calls under way go on when they are answered. */
  suspend(): void {
    this.#hasLease = false;
    this.#clock.stop();
    this.#callClock.stop();
  }

  /** Goes on after it stood still: the timers of its calls run, and it has no lease any more. */
  resume(): void {
    this.#callClock.goOn();
  }

  /** Dies as a killed process does: nothing more of it happens, nothing is released. Resolves when nothing is under way. */
  async kill(): Promise<void> {
    this.life.die();
    this.#stop.abort();
    this.#callClock.end();
    await this.#ended;
  }
}
