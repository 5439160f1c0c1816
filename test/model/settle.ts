import type { Canon, Canonical } from './canonical.ts';
import { fairStep } from './fair-step.ts';
import { tooManyViolation } from './invariants.ts';
import { restViolation } from './rest.ts';
import type { Setting } from './setting.ts';
import type { World } from './world.ts';

/** What happened on the way to rest, and what is wrong with it. */
export interface Unsettled {
  readonly violation: string;
  readonly steps: readonly string[];
}

/** More steps than any fair run needs; the longest that were seen have fewer than a hundred. */
const MOST_STEPS = 400;

/**
 * From here on nothing goes wrong any more and everybody gets a turn: whatever happened, the workspace comes to what
 * is wanted and stays there. The run is the same for equal worlds, so what once came to rest is not run again.
 */
export class FairRun {
  readonly #setting: Setting;
  readonly #canon: Canon;
  readonly #settled = new Set<string>();

  constructor(setting: Setting, canon: Canon) {
    // Nobody interferes here, so the order of looking makes no difference.
    this.#setting = { ...setting, edits: [], rules: { ...setting.rules, listBeforeRows: true } };
    this.#canon = canon;
  }

  /** What is wrong with the rest that this world comes to, or undefined. */
  run(start: Canonical): Unsettled | undefined {
    const passed: Canonical[] = [];
    let now = start;
    while (!this.#settled.has(now.key)) {
      passed.push(now);
      const { next, violation } = fairStep(now.world, this.#setting);
      const problem = violation ?? this.#problemOf(next ?? now.world, next === undefined);
      if (problem !== undefined || passed.length > MOST_STEPS) {
        return this.#explain(start.world, problem ?? 'it never comes to rest', passed.length);
      }
      if (next === undefined) {
        break;
      }
      now = this.#canon.of(next, now);
    }
    passed.forEach(({ key }) => this.#settled.add(key));
    return undefined;
  }

  #problemOf(world: World, isAtRest: boolean): string | undefined {
    const tooMany = tooManyViolation(world, this.#setting);
    return tooMany ?? (isAtRest ? restViolation(world, this.#setting) : undefined);
  }

  #explain(start: World, violation: string, count: number): Unsettled {
    const steps: string[] = [];
    let world: World | undefined = start;
    for (let taken = 0; world !== undefined && taken < count; taken += 1) {
      const { label, next } = fairStep(world, this.#setting);
      steps.push(...(label === '' ? [] : [label]));
      world = next;
    }
    return { violation, steps };
  }
}
