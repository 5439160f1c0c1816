import type { ObjectRef } from '../../store/object-ref.ts';
import type { Held } from './describe-state.ts';
import { SECOND_LOOK, afterRemoval, planRemovals } from './plan-removals.ts';
import type { RemovalDecision, RemovalInput, RemovalMemory } from './plan-removals.ts';

/** Remembers from look to look what is missing, and what of it waits for a person. */
export class Removals {
  readonly #secondLookMs: number;
  #memory: RemovalMemory;
  #held: Held | undefined;
  #decision: RemovalDecision = { kind: 'Nothing' };

  /** `isHeld`: it was before the restart, and stays so until everything is back or a person confirms. */
  constructor(options: {
    readonly secondLookMs: number;
    readonly owned: ReadonlyMap<string, ObjectRef>;
    readonly isHeld: boolean;
  }) {
    const { secondLookMs, owned, isHeld } = options;
    this.#secondLookMs = secondLookMs;
    this.#memory = { lackedSinceMs: new Map(), settled: new Set(owned.keys()), isHeld };
    this.#held = isHeld ? { digest: null, deletions: [] } : undefined;
  }

  get decision(): RemovalDecision {
    return this.#decision;
  }

  get held(): Held | undefined {
    return this.#held;
  }

  /** Keys to be removed now. */
  get due(): readonly string[] {
    return this.#decision.kind === 'Remove' ? this.#decision.keys : [];
  }

  /** After a complete rescan. */
  decide(input: Omit<RemovalInput, 'memory' | 'secondLookMs'>): void {
    const plan = planRemovals({
      ...input,
      secondLookMs: this.#secondLookMs,
      memory: this.#memory,
    });
    this.#memory = plan.memory;
    this.#decision = plan.decision;
    if (plan.decision.kind === 'Held') {
      this.#held = { digest: plan.decision.digest, deletions: plan.decision.deletions };
    } else if (!plan.memory.isHeld) {
      this.#held = undefined;
    }
  }

  /** After hinted files were read: what came back must be lacked twice again, and nothing is removed on a hint. */
  notice(mentioned: ReadonlySet<string>): void {
    const lacked = [...this.#memory.lackedSinceMs].filter(([key]) => !mentioned.has(key));
    this.#memory = { ...this.#memory, lackedSinceMs: new Map(lacked) };
    if (this.#decision.kind === 'Remove') {
      this.#decision = { kind: 'Wait', reason: SECOND_LOOK, missing: this.#decision.keys };
    }
  }

  /** The store has answered to the removal of `due`. */
  finish(): void {
    if (this.#decision.kind === 'Remove') {
      this.#memory = afterRemoval(this.#memory, this.#decision.keys);
      this.#held = undefined;
      this.#decision = { kind: 'Nothing' };
    }
  }
}
