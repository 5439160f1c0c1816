import { isDeepStrictEqual } from 'node:util';
import type { Harness } from '../support/harness.ts';
import type { PlayedAgents } from '../support/played-agents.ts';
import { AgentInvariants } from './agent-invariants.ts';
import { assertPromise } from './broken-promise.ts';
import { QuotaInvariant } from './quota-invariant.ts';
import { RolloutInvariant } from './rollout-invariant.ts';
import {
  FOREIGN,
  foreignOf,
  ourInstances,
  readRows,
  type LaunchFacts,
  type RowFacts,
} from './world.ts';

/** Steps of a launch row; it never goes back. */
const ORDER = ['pending', 'launched', 'closing', 'closed'];

/** Watches a world from its beginning, and checks after every step what must hold at every moment. */
export class Invariants {
  readonly #harness: Harness;
  readonly #history = new Map<string, LaunchFacts>();
  /** Uids of records that were there, and of those that were deleted at some time. */
  readonly #known = new Set<string>();
  readonly #wereLeaving = new Set<string>();
  readonly #ofAgents: AgentInvariants;
  readonly #ofRollouts: RolloutInvariant;
  readonly #ofQuotas = new QuotaInvariant();
  #callsSeen = 0;
  #errorsSeen = 0;
  #activitySeen = 0;

  /** `agents`: those of a class whose agents register. */
  constructor(harness: Harness, agents?: PlayedAgents) {
    this.#harness = harness;
    this.#ofAgents = new AgentInvariants(agents);
    this.#ofRollouts = new RolloutInvariant(agents);
    this.#errorsSeen = harness.log.lines.length;
  }

  /** Throws `BrokenPromiseError`. */
  async check(): Promise<void> {
    const rows = await readRows(this.#harness, this.#activitySeen);
    this.#activitySeen = rows.activity.at(-1)?.id ?? this.#activitySeen;
    this.#checkInstances(rows);
    this.#checkHistory(rows.launches);
    this.#checkCalls(rows);
    this.#checkLog();
    this.#ofAgents.check(rows);
    this.#ofRollouts.check(rows);
    this.#ofQuotas.check(rows);
  }

  /** One at most, nobody else's, and none that its row and its record do not know. */
  #checkInstances({ records, launches }: RowFacts): void {
    const instances = ourInstances(this.#harness);
    const uids = instances.map(({ marks }) => marks.workspaceUid);
    assertPromise(new Set(uids).size === uids.length, 'exactly one instance', instances);
    for (const { id, marks } of instances) {
      const row = launches.find(({ token }) => token === marks.token);
      const isKnown = row?.attempt === marks.attempt && (row.instance_id ?? id) === id;
      assertPromise(isKnown && row.state !== 'closed', 'an instance has an open launch row', [
        marks,
        row,
      ]);
      assertPromise(
        records.some(({ uid }) => uid === marks.workspaceUid),
        'a record stays until its instance was seen absent',
        [marks, row],
      );
    }
    const foreign = foreignOf(this.#harness);
    assertPromise(isDeepStrictEqual(foreign, FOREIGN), 'foreign things are never touched', foreign);
  }

  /** At most one open row of each, no attempt or token twice, no row that goes back or changes its instance. */
  #checkHistory(launches: readonly LaunchFacts[]): void {
    const open = launches.filter(({ state }) => state !== 'closed').map((row) => row.workspace_uid);
    assertPromise(new Set(open).size === open.length, 'one open attempt', launches);
    for (const row of launches) {
      const before = this.#history.get(row.token);
      const isNext =
        before === undefined
          ? this.#isNewest(row)
          : ORDER.indexOf(row.state) >= ORDER.indexOf(before.state) &&
            (before.instance_id ?? row.instance_id) === row.instance_id;
      assertPromise(isNext, 'a launch row goes forward only', [before, row]);
      this.#history.set(row.token, row);
    }
    assertPromise(
      launches.length === this.#history.size,
      'launch rows outlive the record',
      launches,
    );
  }

  #isNewest({ workspace_uid: uid, attempt }: LaunchFacts): boolean {
    return [...this.#history.values()].every(
      (known) => known.workspace_uid !== uid || known.attempt < attempt,
    );
  }

  /** Nothing is ended but what is being deleted, replaced or was let go; a state also where a person asked for it. */
  #checkCalls({ records, launches }: RowFacts): void {
    const staying = records.filter((record) => !record.is_deleting).map(({ uid }) => uid);
    this.#known.forEach((uid) => staying.includes(uid) || this.#wereLeaving.add(uid));
    staying.forEach((uid) => this.#known.add(uid));
    const calls = this.#harness.backend.calls.slice(this.#callsSeen);
    this.#callsSeen += calls.length;
    const isKept = (target: string): boolean =>
      launches.some(
        ({ instance_id: id, workspace_uid: uid, state }) =>
          id === target && staying.includes(uid) && (state === 'pending' || state === 'launched'),
      );
    const asked = records.filter((record) => record.is_reset_asked).map(({ uid }) => uid);
    const guesses = calls.filter(
      ({ method, target }) =>
        (method === 'terminate' && isKept(target)) ||
        (method === 'removeState' && !this.#wereLeaving.has(target) && !asked.includes(target)),
    );
    assertPromise(guesses.length === 0, 'nothing is destroyed on a guess', [guesses, launches]);
  }

  /** An error that is none of ours is a bug; that a dead process fails is none. */
  #checkLog(): void {
    const lines = this.#harness.log.lines.slice(this.#errorsSeen);
    this.#errorsSeen += lines.length;
    const bugs = lines.filter(
      (line) => line['level'] === 'error' && !JSON.stringify(line).includes('this process is dead'),
    );
    assertPromise(bugs.length === 0, 'no unexpected error', bugs);
  }
}
