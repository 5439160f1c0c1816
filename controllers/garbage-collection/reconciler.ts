import type { Backend, Instance } from '../../backends/backend.ts';
import { NotFoundError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Metrics } from '../../lib/metrics.ts';
import { insertActivity } from '../../store/activity.ts';
import type { Db } from '../../store/db.ts';
import { fenced, type FencedTransaction, type Leadership } from '../../store/fencing.ts';
import {
  markGarbageGone,
  readGarbageSnapshot,
  storeBreaker,
  upsertGarbage,
  type GarbageSnapshot,
} from '../../store/garbage.ts';
import type { GarbageDecision } from '../../store/tables.ts';
import { computeBreaker, type Breaker } from './breaker.ts';
import { planGarbage, type Stray } from './plan.ts';

/** `report` finds and shows, `enforce` also deletes. */
export type GarbageMode = 'enforce' | 'report';

export interface GarbageOptions {
  readonly db: Db;
  readonly leadership: Leadership;
  readonly backends: ReadonlyMap<string, Backend>;
  /** Asked anew in each pass: a new installation reports for its first 24 hours. */
  readonly mode: () => GarbageMode;
  readonly installationMismatch: boolean;
  readonly leaseOutlives: (seconds: number) => boolean;
  readonly log: Logger;
  readonly metrics: Pick<
    Metrics,
    'garbageCandidates' | 'garbageUnclaimed' | 'garbageBlocked' | 'garbageTerminated'
  >;
}

/** A pass that cannot be sure of its lease for this long deletes nothing more. */
const CALL_SECONDS = 5;

interface Pass {
  readonly strays: readonly Stray[];
  readonly breaker: Breaker;
  readonly snapshot: GarbageSnapshot;
  /** By backend: what is not to be marked as gone. */
  readonly stillStray: ReadonlyMap<string, readonly string[]>;
}

/** Finds instances that no record owns, reports them, and deletes what is proven to be let go (design §7). */
export class GarbageCollector {
  readonly #options: GarbageOptions;
  #haltedDigest: string | undefined;

  constructor(options: GarbageOptions) {
    this.#options = options;
  }

  /** One pass over all backends that can be listed. Throws what the store throws; nothing is half done then. */
  async pass(): Promise<void> {
    const lists = await this.#listAll();
    const found = await this.#judge(lists);
    this.#measure(found);
    await this.#store(found);
    if (this.#isHalted(found)) {
      return;
    }
    for (const stray of found.strays) {
      await this.#delete(stray);
    }
  }

  /** Says so once per list, not once per pass. */
  #isHalted({ breaker }: Pass): boolean {
    const digest = breaker.isOpen ? breaker.digest : undefined;
    if (breaker.isOpen && digest !== this.#haltedDigest) {
      const { reason, message } = breaker;
      this.#options.log.warn({ reason, digest, error: message }, 'deletions are halted');
    }
    this.#haltedDigest = digest;
    return breaker.isOpen;
  }

  /** Backends first, rows second. A backend that cannot be listed completely takes no part in this pass. */
  async #listAll(): Promise<ReadonlyMap<string, readonly Instance[]>> {
    const lists = new Map<string, readonly Instance[]>();
    for (const [key, backend] of this.#options.backends) {
      try {
        lists.set(key, await backend.list());
      } catch (error) {
        const { message } = error as Error;
        this.#options.log.debug({ backend: key, error: message }, 'backend not collected');
      }
    }
    return lists;
  }

  async #judge(lists: ReadonlyMap<string, readonly Instance[]>): Promise<Pass> {
    const all = [...lists.values()].flat();
    const uids = new Set(all.map(({ marks }) => marks.workspaceUid));
    const snapshot = await readGarbageSnapshot(this.#options.db, [...uids]);
    const strays = [...lists].flatMap(([backend, instances]) =>
      planGarbage({ backend, instances, ...snapshot }),
    );
    const breaker = computeBreaker({
      garbage: strays.filter(({ verdict }) => verdict === 'garbage'),
      listedCount: all.length,
      liveRecords: snapshot.recordUids.size,
      liveRecordsBefore: snapshot.breaker.liveRecords,
      installationMismatch: this.#options.installationMismatch,
      approvedDigest: snapshot.breaker.approvedDigest,
    });
    const stillStray = new Map(
      [...lists].map(([key, instances]) => [key, strayIds(key, instances, strays)] as const),
    );
    return { strays, breaker, snapshot, stillStray };
  }

  #measure({ strays, breaker }: Pass): void {
    const { metrics } = this.#options;
    const garbage = strays.filter(({ verdict }) => verdict === 'garbage').length;
    metrics.garbageCandidates.set(garbage);
    metrics.garbageUnclaimed.set(strays.filter(({ verdict }) => verdict === 'unclaimed').length);
    metrics.garbageBlocked.set(breaker.isOpen ? garbage : 0);
  }

  /** Writes only what differs from the last pass, so a steady fleet costs no write. */
  async #store({ strays, breaker, snapshot, stillStray }: Pass): Promise<void> {
    const { db, leadership } = this.#options;
    const liveRecords = breaker.isOpen ? snapshot.breaker.liveRecords : snapshot.recordUids.size;
    const isSame =
      liveRecords === snapshot.breaker.liveRecords &&
      (breaker.isOpen ? breaker.digest : undefined) === snapshot.breaker.digest;
    if (strays.length === 0 && isSame && snapshot.strayCount === 0) {
      return;
    }
    await fenced(db, leadership, async (tx) => {
      for (const stray of strays) {
        await this.#note(tx, stray, this.#decisionOf(stray, breaker));
      }
      for (const [backend, ids] of stillStray) {
        await markGarbageGone(tx, backend, ids);
      }
      await storeBreaker(tx, { liveRecords, ...(breaker.isOpen && breaker) });
    });
  }

  #decisionOf({ verdict }: Stray, breaker: Breaker): GarbageDecision {
    switch (verdict) {
      case 'approved':
        return 'approved';
      case 'garbage':
        return breaker.isOpen || this.#options.mode() === 'report' ? 'reported' : 'deleting';
      default:
        return 'unclaimed';
    }
  }

  async #note(tx: FencedTransaction, stray: Stray, decision: GarbageDecision): Promise<void> {
    const { backend, instance, evidence } = stray;
    const { workspaceUid, attempt } = instance.marks;
    await upsertGarbage(tx, {
      backend,
      instanceId: instance.id,
      workspaceUid,
      attempt,
      evidence,
      decision,
    });
  }

  /** By id, after one more look at database and provider, and never inside a transaction. */
  async #delete(stray: Stray): Promise<void> {
    const isDue =
      stray.verdict === 'approved' ||
      (stray.verdict === 'garbage' && this.#options.mode() === 'enforce');
    if (
      !isDue ||
      !(await this.#isStillStray(stray)) ||
      !this.#options.leaseOutlives(CALL_SECONDS)
    ) {
      return;
    }
    const { backend: key, instance, evidence, verdict } = stray;
    const { db, leadership, backends, log, metrics } = this.#options;
    await fenced(db, leadership, async (tx) => {
      await this.#note(tx, stray, 'deleting');
      await insertActivity(tx, [toActivity(stray)]);
    });
    log.info(
      { action: 'Terminate', reason: verdict, backend: key, instanceId: instance.id, evidence },
      'collected an instance that nobody owns',
    );
    await backends.get(key)?.terminate(instance.id).catch(ignoreGone);
    metrics.garbageTerminated.inc();
  }

  async #isStillStray({ backend: key, instance, verdict }: Stray): Promise<boolean> {
    const now = await this.#options.backends.get(key)?.find(instance.id);
    if (now === undefined) {
      return false;
    }
    const snapshot = await readGarbageSnapshot(this.#options.db, [now.marks.workspaceUid]);
    const [again] = planGarbage({ backend: key, instances: [now], ...snapshot });
    return again?.verdict === verdict;
  }
}

/** Those that nobody owns now, and those on their way out: their end is yet to be seen. */
function strayIds(
  key: string,
  instances: readonly Instance[],
  strays: readonly Stray[],
): readonly string[] {
  const leaving = instances.filter(({ state }) => state === 'terminating');
  const mine = strays.filter(({ backend }) => backend === key);
  return [...leaving, ...mine.map(({ instance }) => instance)].map(({ id }) => id);
}

function toActivity({ backend, instance, evidence, verdict }: Stray) {
  const { workspaceUid, namespace, name } = instance.marks;
  return {
    workspaceUid,
    namespace,
    name,
    action: 'OrphanTerminated',
    reason: verdict === 'approved' ? 'Approved' : 'LaunchClosed',
    message: `collected instance ${instance.id}, which nobody owns`,
    data: { backend, instanceId: instance.id, evidence },
  };
}

function ignoreGone(error: unknown): void {
  if (!(error instanceof NotFoundError)) {
    throw error;
  }
}
