import type { Backend, Instance } from '../../backends/backend.ts';
import { ReconcileError, StoreFullError, StoreUnavailableError } from '../../lib/errors.ts';
import type { Metrics } from '../../lib/metrics.ts';
import { fenced } from '../../store/fencing.ts';
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
import { terminateStray, toGarbage, type TerminatingContext } from './terminate-stray.ts';

/** `report` finds and shows, and deletes what a person approved; `enforce` also deletes what is proven. */
export type GarbageMode = 'enforce' | 'report';

export interface GarbageOptions extends TerminatingContext {
  /** Asked anew in each pass: a new installation reports for its first 24 hours. */
  readonly mode: () => GarbageMode;
  /** Deletes nothing, whatever the mode says and a person approved. Default: false. */
  readonly isObserveOnly?: boolean;
  readonly installationMismatch: boolean;
  /** A complete list of a backend, taken before it is asked for. Default: the backend is listed now. Throws `ReconcileError`. */
  readonly listBackend?: (key: string, backend: Backend) => Promise<readonly Instance[]>;
  readonly metrics: Pick<
    Metrics,
    'garbageCandidates' | 'garbageUnclaimed' | 'garbageBlocked' | 'garbageTerminated'
  >;
}

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

  /**
   * One pass over all backends that can be listed; deletes nothing more once `stop` is aborted. Throws what the store
   * throws; nothing is half done then.
   */
  async pass(stop?: AbortSignal): Promise<void> {
    const lists = await this.#listAll();
    const found = await this.#judge(lists);
    this.#measure(found);
    await this.#store(found);
    if (this.#isHalted(found)) {
      return;
    }
    for (const stray of found.strays.filter((one) => this.#isDue(one))) {
      if (stop?.aborted === true) {
        return;
      }
      await this.#terminate(stray);
    }
  }

  #isDue({ verdict }: Stray): boolean {
    const { mode, isObserveOnly = false } = this.#options;
    const isEnforced = verdict === 'garbage' && mode() === 'enforce';
    return !isObserveOnly && (verdict === 'approved' || isEnforced);
  }

  /** An instance that cannot be ended now is tried again in the next pass, and holds up none of the others. */
  async #terminate(stray: Stray): Promise<void> {
    try {
      await terminateStray(stray, this.#options);
    } catch (error) {
      if (!isOfBackend(error)) {
        throw error;
      }
      const { backend, instance } = stray;
      const fields = { backend, instanceId: instance.id, error: error.message };
      this.#options.log.warn(fields, 'an instance that nobody owns could not be collected');
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
    const { listBackend: list = (_key, one: Backend) => one.list() } = this.#options;
    for (const [key, backend] of this.#options.backends) {
      try {
        lists.set(key, await list(key, backend));
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
    const strays = [...lists].flatMap(([backend, instances]) => {
      const approvedIds = snapshot.approvedIds(backend);
      return planGarbage({ ...snapshot, backend, instances, approvedIds });
    });
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
        await upsertGarbage(tx, toGarbage(stray, DECISION_BY_VERDICT[stray.verdict]));
      }
      for (const [backend, ids] of stillStray) {
        await markGarbageGone(tx, backend, ids);
      }
      await storeBreaker(tx, { liveRecords, ...(breaker.isOpen && breaker) });
    });
  }
}

/** What is stored before anything is done about it. */
const DECISION_BY_VERDICT: Readonly<Record<Stray['verdict'], GarbageDecision>> = {
  garbage: 'reported',
  approved: 'approved',
  unclaimed: 'unclaimed',
  protected: 'unclaimed',
};

/** An error of one call to a provider; without the store, or without the lead, the whole pass is over. */
function isOfBackend(error: unknown): error is ReconcileError {
  return (
    error instanceof ReconcileError &&
    error.retry.kind !== 'stop-process' &&
    !(error instanceof StoreUnavailableError || error instanceof StoreFullError)
  );
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
