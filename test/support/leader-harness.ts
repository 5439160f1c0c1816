import type { Selectable } from 'kysely';
import { setImmediate } from 'node:timers/promises';
import { Pool } from 'pg';
import type { Condition, ConditionType, WorkspaceStatus } from '../../api/conditions.ts';
import type { Declaration } from '../../api/objects.ts';
import type { Observer } from '../../controllers/observer.ts';
import type { GarbageMode } from '../../controllers/garbage-collection/reconciler.ts';
import type { LogLevel } from '../../lib/logger.ts';
import { listActivity } from '../../store/activity.ts';
import { applySet, type ApplySetOptions } from '../../store/apply-set.ts';
import type { ObjectResult } from '../../store/apply-result.ts';
import { connectionConfig, inTransaction, type Db } from '../../store/db.ts';
import type { LaunchesTable } from '../../store/tables.ts';
import { CapturedLog } from './captured-log.ts';
import { installDatabaseClock, setDatabaseTime } from './database-clock.ts';
import {
  INSTALLATION_ID,
  LeaderProcess,
  POLL_SECONDS,
  type LeaderChoices,
  type OpenBackends,
} from './leader-process.ts';
import { mortalDb } from './mortal-pool.ts';
import { MortalProcess } from './mortal-process.ts';
import { PassMetrics } from './pass-metrics.ts';
import { createTestDatabase, type TestDatabase } from './postgres.ts';
import { VirtualClock } from './virtual-clock.ts';

export interface LeaderHarnessOptions extends LeaderChoices {
  /**
   * Connections to PostgreSQL, over all leaders. With one, everything happens in the same order in every run; with
   * several, passes also meet in PostgreSQL. Default 4.
   */
  readonly connections?: number;
  readonly logLevel?: LogLevel;
  /** Default: one of its own. */
  readonly clock?: VirtualClock;
}

/** What one look came to. */
export interface Look {
  /** No record differs from the fleet and no key waits for its time. */
  readonly isCalm: boolean;
  readonly hasWritten: boolean;
}

/** Twice the longest wait of the controller's own, that for a recovery. */
const STANDSTILL_SECONDS = 1200;
/** A machine that stops a test for longer between two statements is none to test on. */
const BUSY_MACHINE_MS = 120_000;
/** More than any test causes. */
const MOST_ACTIVITY = 10_000;
/** Longer than what a provider does by itself takes in most tests; from then on only keys with a time are waited for. */
const PATIENT_AFTER_SECONDS = 60;
/** A world that does not come to rest within this virtual time never does. */
const LONGEST_SETTLE_SECONDS = 24 * 3600;

/**
 * Reconciler, queue and PostgreSQL as they are, on virtual time: apply, settle, look at the world. Nothing runs while no
 * `look`, `settle` or `advance` is awaited. Which backends its leaders have, a harness of this kind decides.
 */
export abstract class LeaderHarness implements AsyncDisposable {
  readonly clock: VirtualClock;
  readonly log: CapturedLog;
  readonly database: TestDatabase;
  readonly metrics = new PassMetrics();
  /** Statements of the test itself; never dies. */
  readonly db: Db;
  /** The current leader. */
  process: LeaderProcess;
  /** What others do before each look, e.g. agents that live in instances. Default: nothing. */
  beforeLook: () => Promise<void> = () => Promise.resolve();
  readonly #options: LeaderHarnessOptions;
  readonly #pool: Pool;
  #databaseTime = 0;
  #processes: readonly LeaderProcess[] = [];

  protected constructor(database: TestDatabase, options: LeaderHarnessOptions) {
    const { connections = 4, logLevel = 'debug', clock = new VirtualClock() } = options;
    this.clock = clock;
    this.database = database;
    this.log = new CapturedLog(logLevel);
    this.#options = options;
    this.#pool = new Pool({
      ...connectionConfig(database.connectionString, 'treeline-harness'),
      idle_in_transaction_session_timeout: BUSY_MACHINE_MS,
      max: connections,
    });
    // Connections that end with the database, after the last statement, are of no interest.
    this.#pool.on('error', () => undefined);
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
    this.db = mortalDb(this.#pool, new MortalProcess());
    this.process = undefined as unknown as LeaderProcess;
  }

  get installationId(): string {
    return this.#options.installationId ?? INSTALLATION_ID;
  }

  /** Connections of another process, e.g. of one that declares. */
  dbOf(life: MortalProcess): Db {
    return mortalDb(this.#pool, life);
  }

  /** A new leader takes over, as when the lease of the one before has ended: that one stands still, and is not asked. */
  protected async startLeader(openBackends: OpenBackends, choices: LeaderChoices): Promise<void> {
    this.#processes.at(-1)?.suspend();
    this.clock.jump(1);
    await this.syncTime();
    this.process = await LeaderProcess.start({
      ...this.#options,
      ...choices,
      pool: this.#pool,
      openBackends,
      clock: this.clock,
      log: this.log.log,
      metrics: this.metrics.metrics,
    });
    this.#processes = [...this.#processes, this.process];
  }

  /** Kills the leader, and those before it; none of them may be held in a call. */
  async kill(): Promise<void> {
    const processes = this.#processes;
    this.#processes = [];
    await Promise.all(processes.map((one) => one.kill()));
  }

  /** Declares as `treeline apply --prune` does: what is left out is deleted. */
  async apply(...declarations: readonly Declaration[]): Promise<readonly ObjectResult[]> {
    return await this.declare({ declarations });
  }

  /** Declares through `db`, by default one that does not die. */
  async declare(
    options: Partial<ApplySetOptions> & Pick<ApplySetOptions, 'declarations'>,
    db: Db = this.db,
  ): Promise<readonly ObjectResult[]> {
    await this.syncTime();
    return await inTransaction(db, (tx) =>
      applySet(tx, {
        installationId: this.installationId,
        applySet: 'cli',
        prune: 'missing',
        dryRun: false,
        ...options,
      }),
    );
  }

  /**
   * One look at the backends, every pass that is due, and one resync, each when the one before has come to rest: real
   * I/O must not decide who is first. A dead leader does nothing.
   */
  async look(): Promise<Look> {
    return await this.lookBy((observer) => observer.look());
  }

  protected async lookBy(see: (observer: Observer) => Promise<void>): Promise<Look> {
    const { process } = this;
    const { leader, life } = process;
    this.clock.jump(1);
    await this.syncTime();
    await this.beforeLook();
    // What that woke goes first: whether it sees the next list must not depend on real I/O.
    await this.#idle(process);
    const commitsBefore = life.commits;
    await this.#during(Promise.all(leader.observers.map(see)));
    await this.#idle(process);
    await this.clock.advance(0);
    await this.#idle(process);
    const differing = await leader.resync
      .once()
      .catch((error: unknown) => ignoreDeath(error, life));
    await this.#idle(process);
    return {
      isCalm: differing.length === 0 && leader.queue.delayed === 0,
      hasWritten: life.commits > commitsBefore,
    };
  }

  /**
   * Looks until a look finds nothing to do and no key waits: true. Or until nothing was written for `STANDSTILL_SECONDS`,
   * or the leader is over: false. Waits and backoffs pass on virtual time.
   */
  async settle(): Promise<boolean> {
    const startedMs = this.clock.monotonicMs();
    let waitedSeconds = 0;
    while (waitedSeconds < STANDSTILL_SECONDS && !this.process.isOver) {
      const { isCalm, hasWritten } = await this.look();
      if (!hasWritten && isCalm && waitedSeconds > 0) {
        return true;
      }
      waitedSeconds = hasWritten ? 0 : this.#wait(waitedSeconds);
      if (this.clock.monotonicMs() - startedMs > LONGEST_SETTLE_SECONDS * 1000) {
        throw new Error('settling: the world does not come to rest');
      }
    }
    return false;
  }

  /** Milliseconds in which surely nothing happens by itself outside of the controller. */
  protected quietMs(): number {
    return 0;
  }

  /** Doubles the wait, but misses no key's time; answers the seconds waited since the last write. */
  #wait(waitedSeconds: number): number {
    const { nextDueInMs } = this.process;
    const milliseconds =
      nextDueInMs <= this.quietMs() && nextDueInMs < Infinity
        ? Math.ceil(nextDueInMs)
        : this.#waitMs(waitedSeconds);
    this.clock.jump(milliseconds);
    return waitedSeconds + milliseconds / 1000;
  }

  #waitMs(waitedSeconds: number): number {
    const isPatient = waitedSeconds >= PATIENT_AFTER_SECONDS;
    const longestSeconds = isPatient ? STANDSTILL_SECONDS : Math.max(POLL_SECONDS, waitedSeconds);
    return Math.ceil(Math.min(longestSeconds * 1000, this.process.nextDueInMs));
  }

  /** Lets time pass. Keys are looked at when their time comes, and the backends with them, not more often. */
  async advance(seconds: number): Promise<void> {
    const targetMs = this.clock.monotonicMs() + seconds * 1000;
    while (this.clock.monotonicMs() + this.process.nextDueInMs <= targetMs) {
      this.clock.jump(Math.ceil(this.process.nextDueInMs));
      await this.look();
    }
    this.clock.jump(Math.max(targetMs - this.clock.monotonicMs(), 0));
    await this.syncTime();
  }

  /** Lets time pass, and keys be taken when their time comes; nobody looks at the backends. */
  protected async work(seconds: number): Promise<void> {
    const { process } = this;
    const targetMs = this.clock.monotonicMs() + seconds * 1000;
    while (this.clock.monotonicMs() < targetMs) {
      const restMs = targetMs - this.clock.monotonicMs();
      this.clock.jump(Math.min(Math.max(Math.ceil(process.nextDueInMs), 1), restMs));
      await this.syncTime();
      await this.clock.advance(0);
      await this.#idle(process);
    }
  }

  /** Puts PostgreSQL's clock on virtual time. */
  async syncTime(): Promise<void> {
    const now = this.clock.now();
    if (now.getTime() !== this.#databaseTime) {
      this.#databaseTime = now.getTime();
      await setDatabaseTime(this.db, now);
    }
  }

  /** One pass of garbage collection by the current leader. */
  async collectGarbage(mode: GarbageMode = 'enforce'): Promise<void> {
    await this.syncTime();
    await this.#during(this.process.collectGarbage(mode));
  }

  /** The actions that were taken, in order, since the log was cleared; those held back are not among them. */
  actions(): readonly string[] {
    return this.log.lines.flatMap(({ action, isHeldBack }) =>
      typeof action === 'string' && isHeldBack !== true ? [action] : [],
    );
  }

  /** Everything that happened to a workspace: action and reason, the oldest first. */
  async activity(name: string): Promise<readonly string[]> {
    return (await this.#recordsOf(name)).map(({ action, reason }) => `${action} ${reason}`);
  }

  /** The same in words. */
  async messages(name: string): Promise<readonly string[]> {
    return (await this.#recordsOf(name)).map(({ message }) => message);
  }

  async #recordsOf(name: string) {
    return await listActivity(this.db, { name, limit: MOST_ACTIVITY });
  }

  /** Its launch rows, the oldest attempt first. */
  async launches(name: string): Promise<readonly Selectable<LaunchesTable>[]> {
    return await this.db
      .selectFrom('launches')
      .selectAll()
      .where('name', '=', name)
      .orderBy('attempt')
      .execute();
  }

  async status(name: string, namespace = 'default'): Promise<WorkspaceStatus> {
    const row = await this.db
      .selectFrom('workspaces')
      .select('status')
      .where('name', '=', name)
      .where('namespace', '=', namespace)
      .executeTakeFirstOrThrow();
    return row.status;
  }

  async condition(name: string, type: ConditionType): Promise<Condition | undefined> {
    return (await this.status(name)).conditions.find((condition) => condition.type === type);
  }

  async #idle(process: LeaderProcess): Promise<void> {
    await this.#workUntil(() => process.isIdle, process);
  }

  /** Waits for what the current leader does outside of its queue. */
  async #during(work: Promise<unknown>): Promise<void> {
    let isDone = false;
    const end = work.finally(() => {
      isDone = true;
    });
    // It is awaited below, after what it waits for has happened.
    end.catch(() => undefined);
    await this.#workUntil(() => isDone, this.process);
    await end;
  }

  /** Waits for answers; time passes only while every call waits for nothing else. */
  async #workUntil(isDone: () => boolean, process: LeaderProcess): Promise<void> {
    for (;;) {
      const progress = Promise.race([this.metrics.nextPassEnd(), process.life.nextAnswer()]);
      await setImmediate();
      if (isDone()) {
        return;
      }
      if (process.waitsForTime) {
        await this.clock.advance(Math.ceil(process.nextCallTimerInMs));
        await this.syncTime();
      } else {
        await progress;
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.#pool.end();
    this.metrics.metrics.close();
    await this.database[Symbol.asyncDispose]();
  }
}

function ignoreDeath(error: unknown, { isDead }: MortalProcess): readonly string[] {
  if (!isDead) {
    throw error;
  }
  return [];
}

/** A database of its own, on a clock of its own. */
export async function createTimedDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  await installDatabaseClock(database.db, database.name);
  return database;
}
