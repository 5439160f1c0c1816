import type { SourceState } from '../source.ts';
import { MAX_PROBLEMS_SHOWN } from './limits.ts';
import { SECOND_LOOK, type RemovalDecision } from './plan-removals.ts';

export interface StateInput {
  readonly isFolderReadable: boolean;
  readonly decision: RemovalDecision;
  /** What waits for a person; undefined when nothing does. */
  readonly held: Held | undefined;
  /** Of the folder, of files, and of objects that were refused. */
  readonly problems: readonly string[];
}

export interface Held {
  /** Null until a look could tell what is missing, e.g. after a restart. */
  readonly digest: string | null;
  readonly deletions: readonly string[];
}

/** What the source says of itself, for people. */
export function describeState(input: StateInput): SourceState {
  const { isFolderReadable, held } = input;
  const problems = [...describeWait(input.decision), ...input.problems];
  return {
    state: held !== undefined || !isFolderReadable ? 'Held' : 'Active',
    problems: shorten(problems),
    heldDigest: held?.digest ?? null,
    heldDeletions: held?.deletions ?? [],
  };
}

/** The command with which a person lets the listed deletions happen. */
export function confirmCommand(applySetName: string, digest: string): string {
  return `treeline source confirm ${applySetName} ${digest}`;
}

function describeWait(decision: RemovalDecision): string[] {
  if (decision.kind !== 'Wait' || decision.reason === SECOND_LOOK) {
    return [];
  }
  return [`${decision.missing.length} removals wait: ${decision.reason}`];
}

function shorten(problems: readonly string[]): readonly string[] {
  const rest = problems.length - MAX_PROBLEMS_SHOWN;
  return rest > 0
    ? [...problems.slice(0, MAX_PROBLEMS_SHOWN), `and ${rest} more problems`]
    : problems;
}
