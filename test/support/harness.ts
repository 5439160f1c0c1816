import { setImmediate } from 'node:timers/promises';
import type { Condition, ConditionType, WorkspaceStatus } from '../../api/conditions.ts';
import type { Declaration } from '../../api/objects.ts';
import { createLeader, type Leader } from '../../cmd/wiring/leader.ts';
import { createMetrics, type Metrics } from '../../lib/metrics.ts';
import { applySet } from '../../store/apply-set.ts';
import type { ObjectResult } from '../../store/apply-result.ts';
import { inTransaction, openDb, type Db } from '../../store/db.ts';
import { acquireEpoch } from '../../store/epoch.ts';
import type { Leadership } from '../../store/fencing.ts';
import { createFakeBackend, type FakeBackend } from '../fakes/fake-backend.ts';
import type { FakeProviderOptions } from '../fakes/fake-provider.ts';
import { CapturedLog } from './captured-log.ts';
import { installDatabaseClock, setDatabaseTime } from './database-clock.ts';
import { createTestDatabase, type TestDatabase } from './postgres.ts';
import { VirtualClock } from './virtual-clock.ts';

export const INSTALLATION_ID = 'test-installation';

export interface HarnessOptions extends Partial<Omit<FakeProviderOptions, 'clock'>> {
  readonly isObserveOnly?: boolean;
  readonly installationMismatch?: string;
  /** The pool a leader works with; a test may hand in one that dies. Default: a plain one. */
  readonly openDb?: (connectionString: string) => Db;
}

/** Virtual seconds between two looks at the backend while a harness settles. */
const POLL_SECONDS = 2;
/** A world that does not come to rest within this virtual time never does. */
const LONGEST_SETTLE_SECONDS = 4 * 3600;

/**
 * Reconciler, queue and PostgreSQL as they are, on the fake backend and on virtual time: apply, settle, look at the
 * world. Nothing runs while no `settle` or `advance` is awaited.
 */
export class Harness implements AsyncDisposable {
  readonly clock: VirtualClock;
  readonly log = new CapturedLog();
  readonly database: TestDatabase;
  readonly metrics: Metrics = createMetrics();
  readonly #options: HarnessOptions;
  /** What the current leader works with; `backend.another()` makes that of the next one. */
  backend: FakeBackend;
  leader: Leader;
  leadership: Leadership;
  #db: Db;
  #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();
  fatal: Error | undefined;

  static async start(options: HarnessOptions = {}): Promise<Harness> {
    const database = await createTestDatabase();
    await installDatabaseClock(database.db, database.name);
    const harness = new Harness(database, options);
    await harness.lead();
    return harness;
  }

  private constructor(database: TestDatabase, options: HarnessOptions) {
    this.clock = new VirtualClock();
    this.database = database;
    this.#options = options;
    this.backend = createFakeBackend({
      settleSeconds: 0,
      callLifetimeSeconds: 30,
      ...options,
      clock: this.clock,
    });
    this.#db = database.db;
    this.leadership = { epoch: 0, holder: '' };
    this.leader = undefined as unknown as Leader;
  }

  /** The connections of the current leader. */
  get db(): Db {
    return this.#db;
  }

  /** A new leader takes over, as after a crash or a lost lease; the one before is not asked. */
  async lead(backend: FakeBackend = this.backend): Promise<void> {
    const open = this.#options.openDb ?? openTestDb;
    this.backend = backend;
    this.#db = open(this.database.connectionString);
    await setDatabaseTime(this.#db, this.clock.now());
    this.leadership = await this.#takeLead();
    this.#stop = new AbortController();
    const { installationMismatch: mismatch, isObserveOnly = false } = this.#options;
    this.leader = createLeader({
      db: this.#db,
      leadership: this.leadership,
      leaseOutlives: () => true,
      installation: {
        id: INSTALLATION_ID,
        createdAt: this.clock.now(),
        ...(mismatch !== undefined && { mismatch }),
      },
      backends: new Map([['process', backend]]),
      pollSeconds: POLL_SECONDS,
      isObserveOnly,
      onFatal: (error) => {
        this.fatal = error;
      },
      clock: this.clock,
      random: () => 0.5,
      log: this.log.log,
      metrics: this.metrics,
    });
    this.#running = this.leader.controller.run(this.#stop.signal);
  }

  async #takeLead(): Promise<Leadership> {
    const leadership = await acquireEpoch(this.#db, `holder-${this.clock.now().getTime()}`, 0);
    if (leadership === undefined) {
      await this.advance(1);
      return await this.#takeLead();
    }
    return leadership;
  }

  /** Stops the current leader as a killed process stops: nothing more of it happens, nothing is released. */
  async kill(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.#db.destroy();
  }

  /** Declares as `treeline apply --prune` does: what is left out is deleted. */
  async apply(...declarations: readonly Declaration[]): Promise<readonly ObjectResult[]> {
    return await inTransaction(this.database.db, (tx) =>
      applySet(tx, {
        installationId: INSTALLATION_ID,
        applySet: 'cli',
        declarations,
        prune: 'missing',
        dryRun: false,
      }),
    );
  }

  /** One look at the backend, one resync, and every pass that follows at once. */
  async look(): Promise<void> {
    await Promise.all(this.leader.observers.map((observer) => observer.look()));
    await this.leader.resync.once();
    await this.#idle();
  }

  /** Looks until a look finds nothing to do and no key waits; waits and backoffs pass on virtual time. */
  async settle(): Promise<void> {
    const startedMs = this.clock.monotonicMs();
    for (let calm = 0; calm < 2;) {
      await Promise.all(this.leader.observers.map((observer) => observer.look()));
      const differing = await this.leader.resync.once();
      await this.#idle();
      const isCalm = differing.length === 0 && this.leader.queue.delayed === 0;
      calm = isCalm ? calm + 1 : 0;
      if (this.clock.monotonicMs() - startedMs > LONGEST_SETTLE_SECONDS * 1000) {
        throw new Error('settling: the world does not come to rest');
      }
      await this.advance(POLL_SECONDS);
    }
  }

  /** Lets virtual time pass, for the leader, the provider and the database alike. */
  async advance(seconds: number): Promise<void> {
    await this.clock.advance(seconds * 1000);
    await setDatabaseTime(this.database.db, this.clock.now());
    await this.#idle();
  }

  /** Every instance that is not terminated. */
  instances() {
    return this.backend.provider.liveInstances();
  }

  async status(name: string): Promise<WorkspaceStatus> {
    const row = await this.database.db
      .selectFrom('workspaces')
      .select('status')
      .where('name', '=', name)
      .executeTakeFirstOrThrow();
    return row.status;
  }

  async condition(name: string, type: ConditionType): Promise<Condition | undefined> {
    return (await this.status(name)).conditions.find((condition) => condition.type === type);
  }

  async #idle(): Promise<void> {
    const { queue } = this.leader;
    while ((queue.depth > 0 || queue.inHand > 0) && this.fatal === undefined) {
      await setImmediate();
      await this.clock.flush();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.#db.destroy();
    this.metrics.close();
    await this.database[Symbol.asyncDispose]();
  }
}

function openTestDb(connection: string): Db {
  return openDb({
    connection,
    maxConnections: 4,
    applicationName: 'treeline-harness',
    onConnectionError: () => undefined,
  });
}
