import { sha256Hex } from '../../lib/hash.ts';
import type { ObjectRef } from '../../store/object-ref.ts';
import { DIGEST_LENGTH, HELD_FROM_OBJECTS } from './limits.ts';

/** What is remembered from look to look. */
export interface RemovalMemory {
  /** By object key: when the first of the looks in a row that lacked it ended, monotonic milliseconds. */
  readonly lackedSinceMs: ReadonlyMap<string, number>;
  /** Objects owned when nothing was missing: "more than half" is counted of these, whatever was added since. */
  readonly settled: ReadonlySet<string>;
  readonly isHeld: boolean;
}

export interface RemovalInput {
  /** By object key (`Workspace default/ada`): what the apply set owns in the store. */
  readonly owned: ReadonlyMap<string, ObjectRef>;
  /** Keys of all that some file names. */
  readonly mentioned: ReadonlySet<string>;
  /** Why nothing may be concluded from this look; undefined after a complete one with every file parsed. */
  readonly doubt: string | undefined;
  /** When the look began and ended, monotonic milliseconds: two looks are apart from the end of one to the other. */
  readonly beganAtMs: number;
  readonly endedAtMs: number;
  readonly secondLookMs: number;
  /** The digest a person confirmed last. */
  readonly confirmedDigest: string | undefined;
  readonly memory: RemovalMemory;
}

export type RemovalDecision =
  | { readonly kind: 'Nothing' }
  /** `missing` are removed only when the reason is gone. */
  | { readonly kind: 'Wait'; readonly reason: string; readonly missing: readonly string[] }
  | { readonly kind: 'Held'; readonly digest: string; readonly deletions: readonly string[] }
  | { readonly kind: 'Remove'; readonly keys: readonly string[] };

export interface RemovalPlan {
  readonly decision: RemovalDecision;
  readonly memory: RemovalMemory;
}

/** The reason of a `Wait` that only needs time. */
export const SECOND_LOOK = 'a second look must lack them too';

/**
 * Decides what of the missing objects is removed after one look (design §4): what two complete looks in a row, at least
 * `secondLookMs` apart, lacked. When nothing remains, or more than half of at least five are missing, all is held until
 * everything is back or a person confirms exactly this list. A look in doubt starts the counting anew.
 */
export function planRemovals(input: RemovalInput): RemovalPlan {
  const { owned, mentioned, doubt, memory } = input;
  const missing = [...owned.keys()].filter((key) => !mentioned.has(key)).sort();
  if (doubt !== undefined) {
    const decision: RemovalDecision =
      missing.length === 0 ? { kind: 'Nothing' } : { kind: 'Wait', reason: doubt, missing };
    return { decision, memory: { ...memory, lackedSinceMs: new Map() } };
  }
  if (missing.length === 0) {
    const settled = new Set(owned.keys());
    const nothingLacked: RemovalMemory = { lackedSinceMs: new Map(), settled, isHeld: false };
    return { decision: { kind: 'Nothing' }, memory: nothingLacked };
  }
  return planMissing(missing, input);
}

/** What is remembered once a removal took effect. */
export function afterRemoval(memory: RemovalMemory, removed: Iterable<string>): RemovalMemory {
  const gone = new Set(removed);
  const lackedSinceMs = new Map([...memory.lackedSinceMs].filter(([key]) => !gone.has(key)));
  const settled = new Set([...memory.settled].filter((key) => !gone.has(key)));
  return { lackedSinceMs, settled, isHeld: false };
}

/** Twelve hexadecimal characters that stand for exactly this list. */
export function digestOf(deletions: readonly string[]): string {
  return sha256Hex(deletions.join('\n')).slice(0, DIGEST_LENGTH);
}

function planMissing(missing: readonly string[], input: RemovalInput): RemovalPlan {
  const { beganAtMs, endedAtMs, secondLookMs, confirmedDigest, memory } = input;
  const lackedSinceMs = new Map(
    missing.map((key) => [key, memory.lackedSinceMs.get(key) ?? endedAtMs] as const),
  );
  const due = missing.filter(
    (key) => beganAtMs - (lackedSinceMs.get(key) ?? endedAtMs) >= secondLookMs,
  );
  // Once held, always held: files that come back one by one pass through "less than half".
  const isHeld = memory.isHeld || (due.length > 0 && isTooMuch(missing, input));
  const next = { ...memory, lackedSinceMs, isHeld };
  if (isHeld) {
    const digest = digestOf(missing);
    const isConfirmed = digest === confirmedDigest && due.length === missing.length;
    const held: RemovalDecision = { kind: 'Held', digest, deletions: missing };
    return { decision: isConfirmed ? { kind: 'Remove', keys: due } : held, memory: next };
  }
  const wait: RemovalDecision = { kind: 'Wait', reason: SECOND_LOOK, missing };
  return { decision: due.length > 0 ? { kind: 'Remove', keys: due } : wait, memory: next };
}

function isTooMuch(missing: readonly string[], { owned, memory }: RemovalInput): boolean {
  if (missing.length === owned.size) {
    return true;
  }
  const settled = [...memory.settled].filter((key) => owned.has(key));
  const known = new Set([...settled, ...missing]).size;
  return known >= HELD_FROM_OBJECTS && missing.length * 2 > known;
}
