import type { Pool } from 'pg';
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
import type { FakeBackend } from '../fakes/fake-backend.ts';
import { mortalBackend } from './mortal-backend.ts';
import { mortalDb } from './mortal-pool.ts';
import { MortalProcess } from './mortal-process.ts';
import { testProvisioning, type Secrets } from './provisioning.ts';
import { WatchedClock } from './watched-clock.ts';

export const INSTALLATION_ID = 'test-installation';
/** Virtual seconds between two looks at the backends, as the options of a real leader have it. */
export const POLL_SECONDS = 2;

/** What a test may say about a leader. */
export interface LeaderChoices {
  readonly isObserveOnly?: boolean;
  readonly installationMismatch?: string;
  /** Names of the backends that are configured; each is the fake one. Default: process. */
  readonly backendNames?: readonly string[];
  /** By name, in every namespace; read anew in every pass. Default: none. */
  readonly secrets?: () => Secrets;
}

export interface LeaderProcessOptions extends LeaderChoices {
  readonly pool: Pool;
  readonly backend: FakeBackend;
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
    const { isObserveOnly = false, installationMismatch: mismatch, backendNames } = options;
    this.life = own.life;
    this.leadership = own.leadership;
    this.#clock = new WatchedClock(options.clock);
    const backend = mortalBackend(options.backend, this.life);
    const shared = {
      ...own,
      leaseOutlives: () => this.#hasLease,
      backends: new Map((backendNames ?? ['process']).map((key) => [key, backend])),
      log: options.log,
      metrics: options.metrics,
    };
    this.leader = createLeader({
      ...shared,
      installation: {
        id: INSTALLATION_ID,
        createdAt: options.clock.now(),
        ...(mismatch !== undefined && { mismatch }),
      },
      provisioning: testProvisioning(options.secrets),
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

  /** One pass of garbage collection. */
  async collectGarbage(mode: GarbageMode): Promise<void> {
    this.#garbageMode = mode;
    await this.#collector.pass();
  }

  /** Stands still as a stopped process does, past the end of its lease. Calls under way go on when they are answered. */
  suspend(): void {
    this.#hasLease = false;
    this.#clock.stop();
  }

  /** Dies as a killed process does: nothing more of it happens, nothing is released. Resolves when nothing is under way. */
  async kill(): Promise<void> {
    this.life.die();
    this.#stop.abort();
    await this.#ended;
  }
}
