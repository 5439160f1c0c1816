import type { MonotonicClock } from '../../lib/clock.ts';
import type { Db } from '../../store/db.ts';
import { readRollout, type RolloutFacts, type RolloutScope } from '../../store/rollouts.ts';
import { findPredecessor, type Disruption, type Progress } from './rollout-order.ts';
import { holdOf, type Hold, type RolloutAsker } from './rollout-standing.ts';

export type { Disruption, Progress } from './rollout-order.ts';
export type { Hold } from './rollout-standing.ts';

export interface RolloutsOptions {
  readonly db: Db;
  readonly clock: Pick<MonotonicClock, 'monotonicMs'>;
  /** Brings these back soon. */
  readonly enqueue: (uids: readonly string[]) => void;
  /** The keys of all that are about to be looked at. */
  readonly queued: () => readonly string[];
}

/** A refusal holds for so long for the others of its scope: a change of a class brings thousands here within seconds. */
const REFUSAL_MS = 1000;

interface Refusal {
  readonly hold: Hold;
  /** Those who were down; they may ask again, because a place is theirs already. */
  readonly members: ReadonlySet<string>;
  readonly untilMs: number;
}

/**
 * Who may take a running agent down for a change, and when (docs/adr/0007). Who has taken a place, and who has failed, stands in the
 * statuses alone, so a place is given back by being up again, by being deleted, or by leaving the class, whatever happens to the
 * controller. What is kept here is only whom to wake.
 */
export class Rollouts {
  readonly #options: RolloutsOptions;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #waiting = new Map<string, Disruption>();
  readonly #refusals = new Map<string, Refusal>();
  /** What those that wait were told last, by scope. */
  readonly #told = new Map<string, string>();

  constructor(options: RolloutsOptions) {
    this.#options = options;
  }

  /**
   * Undefined when this workspace may go down now; then `storeDown`, which stores a status that says so, has resolved. Else why it
   * has to wait: it is woken when its turn may have come. Throws what `storeDown` or the store throws.
   */
  async takeDown(
    disruption: Disruption,
    storeDown: () => Promise<unknown>,
  ): Promise<Hold | undefined> {
    // One after another: two that ask at once must not both take the last place.
    const turn = this.#turn.then(() => this.#decide(disruption, storeDown));
    this.#turn = turn.catch(() => undefined);
    return await turn;
  }

  /** Somebody of this class or Org is up again or gone: those that have waited for that look again. */
  wakeNext(scope: RolloutScope): void {
    this.#wake((one) => isInScope(one, scope));
  }

  /** Everybody who is first of those that wait; called now and then, for what nobody told. */
  wakeFirst(): void {
    this.#wake(() => true);
  }

  /** The workspace does not wait any more, because it is wanted otherwise or gone. */
  forget(uid: string): void {
    this.#waiting.delete(uid);
  }

  async #decide(
    disruption: Disruption,
    storeDown: () => Promise<unknown>,
  ): Promise<Hold | undefined> {
    const hold = this.#refusalFor(disruption) ?? (await this.#look(disruption));
    if (hold !== undefined) {
      this.#waiting.set(disruption.uid, disruption);
      return hold;
    }
    this.#waiting.delete(disruption.uid);
    await storeDown();
    // There may be room for another one.
    this.wakeNext(disruption);
    return undefined;
  }

  async #look(disruption: Disruption): Promise<Hold | undefined> {
    const facts = await this.#read(disruption);
    const hold = holdOf(facts, disruption);
    this.#tell(disruption, hold);
    if (hold !== undefined) {
      const untilMs = this.#options.clock.monotonicMs() + REFUSAL_MS;
      const members = new Set(facts.members.map(({ uid }) => uid));
      this.#refusals.set(keyOf(disruption), { hold, members, untilMs });
      return hold;
    }
    return await this.#findPredecessor(disruption, facts);
  }

  async #findPredecessor(disruption: Disruption, facts: RolloutFacts): Promise<Hold | undefined> {
    const { db, queued, enqueue } = this.#options;
    const first = await findPredecessor(disruption, facts, {
      db,
      candidates: () => [...this.#waiting.keys(), ...queued()],
      holdOf: async (progress: Progress) => holdOf(await this.#read(progress), progress),
    });
    if (first !== undefined) {
      enqueue([first.uid]);
    }
    return first?.hold;
  }

  async #read(scope: RolloutScope): Promise<RolloutFacts> {
    return await readRollout(this.#options.db, scope);
  }

  /** A stop or its end changes what is said of everybody who waits; a place that is taken or free does not. */
  #tell(disruption: Disruption, hold: Hold | undefined): void {
    const key = keyOf(disruption);
    const message = hold === undefined || hold.kind === 'Full' ? '' : hold.message;
    const before = this.#told.get(key) ?? '';
    this.#told.set(key, message);
    if (message !== before) {
      const others = [...this.#waiting.values()].filter((one) => keyOf(one) === key);
      this.#options.enqueue(others.map(({ uid }) => uid));
    }
  }

  /** A refusal of its scope that somebody got just now, and that would be its own as well. */
  #refusalFor(disruption: Disruption): Hold | undefined {
    const refusal = this.#refusals.get(keyOf(disruption));
    const isForIt =
      refusal !== undefined &&
      !refusal.members.has(disruption.uid) &&
      this.#options.clock.monotonicMs() < refusal.untilMs;
    return isForIt ? refusal.hold : undefined;
  }

  /** The first of each scope among them: parents before children, then by name. */
  #wake(isConcerned: (one: RolloutAsker) => boolean): void {
    const concerned = [...this.#waiting.values()].filter(isConcerned);
    const byScope = Map.groupBy(concerned, keyOf);
    byScope.forEach((_, key) => this.#refusals.delete(key));
    const first = [...byScope.values()].map((group) => group.reduce(earlier));
    this.#options.enqueue(first.map(({ uid }) => uid));
  }
}

function isInScope(one: RolloutAsker, { className, ownerUid }: RolloutScope): boolean {
  return one.className === className || (ownerUid !== undefined && one.ownerUid === ownerUid);
}

function keyOf({ className, ownerUid = '' }: RolloutScope): string {
  return `${className} ${ownerUid}`;
}

function earlier(one: Disruption, another: Disruption): Disruption {
  return sortKey(another) < sortKey(one) ? another : one;
}

function sortKey({ ancestors, namespace, name }: Disruption): string {
  return `${String(ancestors.length).padStart(3, '0')} ${namespace} ${name}`;
}
