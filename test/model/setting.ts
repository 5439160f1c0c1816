import { LIFETIME, type Role } from './world.ts';

/** The rules that can be switched off, one at a time. */
export const RULES = [
  'fence',
  'callsAreCounted',
  'absenceSettles',
  'doubtEndsLate',
  'looksUpByIdAndToken',
  'replacedRowIsClosing',
  'closedRowEndsInstance',
  'refusalSpeaksForOneCall',
  'deletionWaitsForTheDoubt',
  'pausedBeforeAccepted',
  'listAfterLastCall',
  'listIsYoung',
  'listBeforeRows',
  'attemptsPastMarks',
  'adoptsUnrecorded',
  'contradictedMarksAreLeft',
  'unknownIsNotAbsent',
  'intentIsFrozen',
  'heldUpCallIsDropped',
  'garbageListBeforeRows',
  'garbageNeedsClosedRow',
  'garbageIsCheckedAgain',
  'goneBeforeElsewhere',
  'leavesElsewhereFirst',
] as const;
export type Rule = (typeof RULES)[number];
export type Rules = Readonly<Record<Rule, boolean>>;

export type Edit =
  'pause' | 'inputs' | 'config' | 'delete' | 'declare' | 'accept' | 'external' | 'approve';
export type Accident = 'exit' | 'lose' | 'untag' | 'copy';

/** What can happen in one world, beside its budget. */
export interface Setting {
  readonly rules: Rules;
  readonly edits: readonly Edit[];
  readonly accidents: readonly Accident[];
  /** What can happen to the database, on the budget of `restores`. */
  readonly restores: readonly ('restore' | 'empty')[];
  /** Whose garbage collection runs at any time, and not only once all has come to rest. */
  readonly collectors: readonly Role[];
  /** Terminating takes a while. */
  readonly isTerminationSlow: boolean;
  /** Ticks for which a new instance may be missing from lists and look-ups, as the plan is told. */
  readonly settle: number;
  /** Ticks for which the instance of the first attempt really hides; more than `settle` breaks the provider's promise. */
  readonly hidesFor: number;
}

export const ALL_RULES: Rules = Object.fromEntries(RULES.map((rule) => [rule, true])) as Record<
  Rule,
  boolean
>;

/** All rules but one. */
export function without(rule: Rule): Rules {
  return { ...ALL_RULES, [rule]: false };
}

/**
 * Highest age at which a late call may still take effect. Moves of one tick come in any order; without a settle time
 * the last instant of a call would be the first of the list that ends the doubt, so it is left out.
 */
export function lastAge({ settle }: Setting): number {
  return settle === 0 ? LIFETIME - 1 : LIFETIME;
}
