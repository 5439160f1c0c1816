/** What may happen to the tokens of one attempt, in any order. */
export type TokenStep =
  | { readonly kind: 'start' }
  | { readonly kind: 'fetch' }
  /** With one of the tokens that were fetched, good or not. */
  | { readonly kind: 'speak'; readonly index: number };

/** Which tokens are good, by the rules of docs/adr/0005. Tokens are counted from 0 in the order they were fetched. */
export interface Tokens {
  readonly isArmed: boolean;
  readonly good: readonly number[];
  readonly count: number;
}

export const LAUNCHED: Tokens = { isArmed: true, good: [], count: 0 };

/** What follows from a step, and whether it is granted. Pure. */
export function follow(
  tokens: Tokens,
  step: TokenStep,
): { readonly tokens: Tokens; readonly isGranted: boolean } {
  const { isArmed, good, count } = tokens;
  switch (step.kind) {
    case 'start':
      return { tokens, isGranted: true };
    case 'fetch': {
      const fetched = isArmed ? [...good, count] : good;
      return { tokens: { isArmed, good: fetched, count: count + 1 }, isGranted: isArmed };
    }
    case 'speak': {
      const isGranted = good.includes(step.index);
      const spoken = { isArmed: false, good: [step.index], count };
      return { tokens: isGranted ? spoken : tokens, isGranted };
    }
  }
}
