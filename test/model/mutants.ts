import { type Rule } from './setting.ts';

/** A rule, and a small world in which something goes wrong as soon as it is switched off. */
export interface Mutant {
  readonly rule: Rule;
  readonly world: string;
  /** What goes wrong. */
  readonly violation: RegExp;
}

const TWO_LIVE = /live instances for one workspace/;
const LATE_INSTANCE = /is made for attempt \d+, which is closed/;
const USED_AGAIN = /an attempt is used again/;

/** Every rule that something goes wrong without. */
export const MUTANTS: readonly Mutant[] = [
  { rule: 'fence', world: 'two controllers', violation: LATE_INSTANCE },
  { rule: 'callsAreCounted', world: 'late calls', violation: TWO_LIVE },
  { rule: 'absenceSettles', world: 'late calls', violation: TWO_LIVE },
  { rule: 'doubtEndsLate', world: 'late calls', violation: LATE_INSTANCE },
  { rule: 'looksUpByIdAndToken', world: 'tags removed', violation: TWO_LIVE },
  { rule: 'replacedRowIsClosing', world: 'edits', violation: /terminated although it is wanted/ },
  { rule: 'closedRowEndsInstance', world: 'hidden too long', violation: /i0 and i1 left over/ },
  { rule: 'refusalSpeaksForOneCall', world: 'late calls', violation: TWO_LIVE },
  { rule: 'deletionWaitsForTheDoubt', world: 'edits', violation: TWO_LIVE },
  { rule: 'pausedBeforeAccepted', world: 'edits', violation: /runs on although it is paused/ },
  { rule: 'attemptsPastMarks', world: 'emptied database', violation: USED_AGAIN },
  { rule: 'adoptsUnrecorded', world: 'emptied database', violation: USED_AGAIN },
  { rule: 'contradictedMarksAreLeft', world: 'copied marks', violation: /it is not ours/ },
  { rule: 'unknownIsNotAbsent', world: 'restored database', violation: USED_AGAIN },
  { rule: 'intentIsFrozen', world: 'edits', violation: /no instance, or not the one/ },
  { rule: 'heldUpCallIsDropped', world: 'late calls', violation: LATE_INSTANCE },
  { rule: 'garbageListBeforeRows', world: 'garbage', violation: /reported as unclaimed/ },
  {
    rule: 'garbageNeedsClosedRow',
    world: 'emptied database',
    violation: /collected without a closed row/,
  },
  {
    rule: 'garbageIsCheckedAgain',
    world: 'approved garbage',
    violation: /terminated although it is wanted/,
  },
  { rule: 'goneBeforeElsewhere', world: 'elsewhere and back', violation: TWO_LIVE },
  { rule: 'leavesElsewhereFirst', world: 'elsewhere and back', violation: TWO_LIVE },
];

/**
 * Rules without which no instance is doubled, lost or ended. The first two make the status true and let one list cause
 * one call at most. The third has nothing to guard in the reconciler, where one leader alone writes the rows, one step
 * at a time: a list and rows that it reads in either order differ by nothing but what people edit.
 */
export const NEVER_ALONE: readonly Rule[] = ['listAfterLastCall', 'listIsYoung', 'listBeforeRows'];

/** The worlds in which that is looked at. */
export const NEVER_ALONE_WORLDS: readonly string[] = ['nothing hides', 'restored database'];
