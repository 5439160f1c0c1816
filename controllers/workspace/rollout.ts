import type { Db } from '../../store/db.ts';
import { listUnavailable } from '../../store/settled-rows.ts';
import type { Wanted } from '../../provisioning/wanted.ts';

/** How many of a class may be down for a change when the class does not say (design §3). */
const DEFAULT_MAX_UNAVAILABLE = 1;

/** A running agent that is to be taken down for a change. */
export interface Disruption {
  readonly uid: string;
  readonly wanted: Pick<Wanted, 'className' | 'classSpec'>;
  /** Stores a status that says it is down: the place it takes in the budget. */
  readonly storeDown: () => Promise<unknown>;
}

/**
 * The budget of changes that take running agents down, per class. Who has taken a place stands in the statuses alone,
 * so a place is given back by being up again, by being deleted, or by leaving the class, whatever happens to the controller.
 */
export class RolloutBudget {
  readonly #db: Db;
  #turn: Promise<unknown> = Promise.resolve();
  /** By class, in the order of asking; only a hint of whom to wake first. */
  readonly #waiting = new Map<string, Set<string>>();

  constructor(db: Db) {
    this.#db = db;
  }

  /** True when this workspace may go down now; then `storeDown` has resolved. Throws what that or the store throws. */
  async takeDown(disruption: Disruption): Promise<boolean> {
    // One after another: two that ask at once must not both take the last place.
    const turn = this.#turn.then(() => this.#decide(disruption));
    this.#turn = turn.catch(() => undefined);
    return await turn;
  }

  /** The workspace of this class that has waited longest, if any; it is forgotten here and asks again. */
  takeNext(className: string): readonly string[] {
    const waiting = this.#waiting.get(className);
    const next = [...(waiting ?? [])].slice(0, 1);
    next.forEach((uid) => waiting?.delete(uid));
    return next;
  }

  async #decide({ uid, wanted, storeDown }: Disruption): Promise<boolean> {
    const { className, classSpec } = wanted;
    const down = (await listUnavailable(this.#db, className)).filter((one) => one !== uid);
    if (down.length >= (classSpec.rollout?.maxUnavailable ?? DEFAULT_MAX_UNAVAILABLE)) {
      this.#waiting.set(className, (this.#waiting.get(className) ?? new Set()).add(uid));
      return false;
    }
    this.#waiting.get(className)?.delete(uid);
    await storeDown();
    return true;
  }
}
