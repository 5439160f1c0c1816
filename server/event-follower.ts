import { listActivity, type ActivityQuery, type ActivityRecord } from '../store/activity.ts';
import type { Db } from '../store/db.ts';
import type { Clock } from '../lib/clock.ts';

/** Rows of one read. */
const PAGE_SIZE = 500;
/** Rows handed out at once; a longer backlog takes several looks. */
const MAX_FRESH = 5000;
/**
 * How far back each look goes: an entry may be committed after one with a greater id, at most by the duration of its
 * transaction, whose statements end after 30 s (store/db.ts).
 */
const OVERLAP_MILLISECONDS = 30_000;

/** Reads activity as it comes: each entry once, none left out. */
export class EventFollower {
  readonly #db: Db;
  readonly #clock: Clock;
  readonly #query: ActivityQuery;
  readonly #seen = new Set<number>();
  /** Nothing at or below this id can still appear; undefined before the first look. */
  #floor: number | undefined;

  /** Begins after `query.afterId`, or with the newest `query.limit`. */
  constructor(db: Db, clock: Clock, query: ActivityQuery) {
    this.#db = db;
    this.#clock = clock;
    this.#query = query;
    this.#floor = query.afterId;
  }

  /** What is new since the last call; `hasMore` when there is more than fits. */
  async next(): Promise<{ readonly fresh: readonly ActivityRecord[]; readonly hasMore: boolean }> {
    if (this.#floor === undefined) {
      return await this.#first();
    }
    const fresh: ActivityRecord[] = [];
    let afterId = this.#floor;
    let page: readonly ActivityRecord[];
    do {
      page = await listActivity(this.#db, { ...this.#query, afterId, limit: PAGE_SIZE });
      fresh.push(...this.#take(page));
      afterId = page.at(-1)?.id ?? afterId;
    } while (page.length === PAGE_SIZE && fresh.length < MAX_FRESH);
    return { fresh, hasMore: page.length === PAGE_SIZE };
  }

  async #first() {
    const newest = await listActivity(this.#db, this.#query);
    this.#floor = (newest[0]?.id ?? 1) - 1;
    return { fresh: this.#take(newest), hasMore: false };
  }

  #take(records: readonly ActivityRecord[]): readonly ActivityRecord[] {
    const fresh = records.filter(({ id }) => !this.#seen.has(id));
    fresh.forEach(({ id }) => this.#seen.add(id));
    this.#raiseFloor(records);
    return fresh;
  }

  #raiseFloor(records: readonly ActivityRecord[]): void {
    const settledBefore = this.#clock.now().getTime() - OVERLAP_MILLISECONDS;
    const settled = records.filter(({ at }) => at.getTime() < settledBefore);
    this.#floor = Math.max(this.#floor ?? 0, ...settled.map(({ id }) => id));
    for (const id of this.#seen) {
      if (id <= this.#floor) {
        this.#seen.delete(id);
      }
    }
  }
}
