import { Canon, type Canonical } from './canonical.ts';
import { tooManyViolation } from './invariants.ts';
import { anything } from './moves/all.ts';
import type { Setting } from './setting.ts';
import { FairRun } from './settle.ts';
import type { World } from './world.ts';

/** What an exploration found. */
export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  readonly milliseconds: number;
  /** The shortest way to something wrong; undefined when nothing is. */
  readonly violation?: Violation;
  /** False when it was cut off before every state was seen. */
  readonly isComplete: boolean;
}

export interface Violation {
  readonly message: string;
  /** What happened, one after the other. */
  readonly trace: readonly string[];
  /** What a fair run adds before it is seen to be wrong. */
  readonly then: readonly string[];
}

/** How a world was reached; all that is kept of it once everything that can follow was seen. */
interface Step {
  readonly before: Step | undefined;
  readonly label: string;
}

interface Node {
  readonly canonical: Canonical;
  readonly step: Step;
}

/** Breadth first over everything that can happen, so the first violation is one of the shortest. */
export class Explorer {
  readonly #setting: Setting;
  readonly #canon = new Canon();
  readonly #fairRun: FairRun;
  readonly #seen = new Set<string>();
  #next: Node[] = [];
  #transitions = 0;
  #violation: Violation | undefined;

  constructor(setting: Setting) {
    this.#setting = setting;
    this.#fairRun = new FairRun(setting, this.#canon);
  }

  /** Explores until everything was seen, something is wrong, or `mostStates` were seen. */
  explore(initial: World, mostStates: number): Exploration {
    const startedAt = performance.now();
    this.#visit(this.#canon.of(initial, undefined), { before: undefined, label: 'start' });
    let depth = 0;
    while (this.#next.length > 0 && !this.#isDone(mostStates)) {
      const frontier = this.#next;
      this.#next = [];
      depth += 1;
      this.#expand(frontier, mostStates);
    }
    return {
      states: this.#seen.size,
      transitions: this.#transitions,
      depth,
      milliseconds: Math.round(performance.now() - startedAt),
      isComplete: this.#next.length === 0 && this.#violation === undefined,
      ...(this.#violation && { violation: this.#violation }),
    };
  }

  #isDone(mostStates: number): boolean {
    return this.#violation !== undefined || this.#seen.size >= mostStates;
  }

  #expand(frontier: readonly Node[], mostStates: number): void {
    for (const { canonical, step } of frontier) {
      if (this.#isDone(mostStates)) {
        return;
      }
      anything(canonical.world, this.#setting, (label, world, violation) => {
        this.#transitions += 1;
        if (violation !== undefined) {
          this.#fail(violation, { before: step, label });
        }
        this.#visit(this.#canon.of(world, canonical), { before: step, label });
      });
    }
  }

  #visit(canonical: Canonical, step: Step): void {
    if (this.#seen.has(canonical.key)) {
      return;
    }
    this.#seen.add(canonical.key);
    this.#next.push({ canonical, step });
    if (this.#violation === undefined) {
      this.#check(canonical, step);
    }
  }

  #check(canonical: Canonical, step: Step): void {
    const tooMany = tooManyViolation(canonical.world, this.#setting);
    if (tooMany !== undefined) {
      this.#fail(tooMany, step);
      return;
    }
    const unsettled = this.#fairRun.run(canonical);
    if (unsettled !== undefined) {
      this.#fail(unsettled.violation, step, unsettled.steps);
    }
  }

  #fail(message: string, last: Step, then: readonly string[] = []): void {
    const trace: string[] = [];
    for (let { before, label } = last; before !== undefined; { before, label } = before) {
      trace.unshift(label);
    }
    this.#violation ??= { message, trace, then };
  }
}
