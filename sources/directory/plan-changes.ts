import type { Declaration } from '../../api/objects.ts';

/** What the store answered about one declaration. */
export interface Answer {
  readonly declaration: Declaration;
  readonly isRefused: boolean;
}

/**
 * The declarations that the store may not have: new or changed ones, and after a complete rescan also those that were
 * refused or that it has lost (a backup was restored), since the reason may be gone. Unchanged files give the same
 * declaration objects, so this compares references.
 */
export function planChanges(input: {
  /** By object key. */
  readonly declared: ReadonlyMap<string, Declaration>;
  readonly answers: ReadonlyMap<string, Answer>;
  readonly owned: ReadonlyMap<string, unknown>;
  readonly isComplete: boolean;
}): Declaration[] {
  const { declared, answers, owned, isComplete } = input;
  const changes: Declaration[] = [];
  for (const [key, declaration] of declared) {
    const answer = answers.get(key);
    const isStored = answer?.declaration === declaration;
    const isLost = isComplete && (answer?.isRefused === true || !owned.has(key));
    if (!isStored || isLost) {
      changes.push(declaration);
    }
  }
  return changes;
}
