import { describe, expect, it } from '@jest/globals';
import {
  SECOND_LOOK,
  afterRemoval,
  digestOf,
  planRemovals,
  type RemovalMemory,
} from '../../../sources/directory/plan-removals.ts';
import { keyOf, removalInput } from './builders.ts';

const TEN = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];

/** Lacked since `sinceMs`. */
function memory(
  settled: readonly string[],
  lacked: readonly string[],
  overrides: Partial<RemovalMemory> & { readonly sinceMs?: number } = {},
): RemovalMemory {
  const { sinceMs = 5_000, ...rest } = overrides;
  return {
    lackedSinceMs: new Map(lacked.map((name) => [keyOf(name), sinceMs])),
    settled: new Set(settled.map(keyOf)),
    isHeld: false,
    ...rest,
  };
}

describe('planning removals', () => {
  it('removes nothing while everything is declared', () => {
    expect(planRemovals(removalInput(TEN, TEN)).decision).toEqual({ kind: 'Nothing' });
  });

  it('waits for a second look when something is missing for the first time', () => {
    const { decision, memory: next } = planRemovals(removalInput(['a', 'b'], ['a']));

    expect(decision).toEqual({ kind: 'Wait', reason: SECOND_LOOK, missing: [keyOf('b')] });
    expect(next.lackedSinceMs).toEqual(new Map([[keyOf('b'), 10_000]]));
  });

  it.each([
    { gapMs: 0, kind: 'Wait' },
    { gapMs: 4_999, kind: 'Wait' },
    { gapMs: 5_000, kind: 'Remove' },
    { gapMs: 60_000, kind: 'Remove' },
  ])('answers $kind when two looks that lack it are $gapMs ms apart', ({ gapMs, kind }) => {
    const input = removalInput(['a', 'b'], ['a'], {
      beganAtMs: 100_000 + gapMs,
      endedAtMs: 200_000,
      memory: memory(['a', 'b'], ['b'], { sinceMs: 100_000 }),
    });

    expect(planRemovals(input).decision.kind).toBe(kind);
  });

  it('counts from the end of the first look, which may take long', () => {
    const first = planRemovals(removalInput(['a', 'b'], ['a'], { beganAtMs: 0, endedAtMs: 8_000 }));

    const second = planRemovals(
      removalInput(['a', 'b'], ['a'], {
        beganAtMs: 9_000,
        endedAtMs: 9_100,
        memory: first.memory,
      }),
    );

    expect(second.decision.kind).toBe('Wait');
  });

  it.each(['a Git operation is under way (index.lock)', 'team.yaml cannot be used'])(
    'starts counting anew after a look in doubt: %s',
    (doubt) => {
      const input = removalInput(['a', 'b'], ['a'], { doubt, memory: memory(['a', 'b'], ['b']) });

      const plan = planRemovals(input);

      expect(plan.decision).toEqual({ kind: 'Wait', reason: doubt, missing: [keyOf('b')] });
      expect(plan.memory.lackedSinceMs.size).toBe(0);
    },
  );

  it('says nothing of a look in doubt when nothing is missing', () => {
    const plan = planRemovals(removalInput(['a'], ['a'], { doubt: 'x' }));

    expect(plan.decision).toEqual({ kind: 'Nothing' });
  });

  it('removes only what was lacked twice', () => {
    const input = removalInput(TEN, TEN.slice(2), { memory: memory(TEN, ['a']) });

    expect(planRemovals(input).decision).toEqual({ kind: 'Remove', keys: [keyOf('a')] });
  });

  it.each([
    { owned: ['a'], left: [], kind: 'Held', why: 'nothing remains of one' },
    { owned: ['a', 'b', 'c'], left: [], kind: 'Held', why: 'nothing remains of three' },
    { owned: ['a', 'b', 'c', 'd'], left: ['d'], kind: 'Remove', why: 'three of four vanish' },
    { owned: TEN.slice(0, 5), left: ['a', 'b'], kind: 'Held', why: 'three of five vanish' },
    { owned: TEN.slice(0, 5), left: ['a', 'b', 'c'], kind: 'Remove', why: 'two of five vanish' },
    { owned: TEN, left: TEN.slice(0, 5), kind: 'Remove', why: 'exactly half of ten vanish' },
    { owned: TEN, left: TEN.slice(0, 4), kind: 'Held', why: 'six of ten vanish' },
  ])('answers $kind when $why', ({ owned, left, kind }) => {
    const input = removalInput(owned, left, { memory: memory(owned, owned) });

    expect(planRemovals(input).decision.kind).toBe(kind);
  });

  it('counts vanished objects against those of before, so that a wrong folder full of others is held', () => {
    const others = Array.from({ length: 30 }, (_, index) => `other-${index}`);
    const input = removalInput([...TEN, ...others], others, { memory: memory(TEN, TEN) });

    expect(planRemovals(input).decision.kind).toBe('Held');
  });

  it('lists every missing object while held, also those lacked only once', () => {
    const input = removalInput(TEN, ['j'], { memory: memory(TEN, ['a']) });

    expect(planRemovals(input).decision).toEqual({
      kind: 'Held',
      digest: digestOf(TEN.slice(0, 9).map(keyOf)),
      deletions: TEN.slice(0, 9).map(keyOf),
    });
  });

  it('stays held while files come back one by one', () => {
    const input = removalInput(TEN, TEN.slice(1), { memory: memory(TEN, ['a'], { isHeld: true }) });

    expect(planRemovals(input).decision).toMatchObject({ kind: 'Held', deletions: [keyOf('a')] });
  });

  it('is active again when everything is back', () => {
    const plan = planRemovals(
      removalInput(TEN, TEN, { memory: memory(TEN, TEN, { isHeld: true }) }),
    );

    expect(plan).toMatchObject({ decision: { kind: 'Nothing' }, memory: { isHeld: false } });
  });

  it('stays held through a look in doubt', () => {
    const input = removalInput(TEN, [], {
      doubt: 'x',
      memory: memory(TEN, TEN, { isHeld: true }),
    });

    expect(planRemovals(input).memory.isHeld).toBe(true);
  });

  it('removes what is held when a person confirmed exactly this list', () => {
    const input = removalInput(TEN, ['j'], {
      confirmedDigest: digestOf(TEN.slice(0, 9).map(keyOf)),
      memory: memory(TEN, TEN, { isHeld: true }),
    });

    const plan = planRemovals(input);

    expect(plan.decision).toEqual({ kind: 'Remove', keys: TEN.slice(0, 9).map(keyOf) });
    expect(afterRemoval(plan.memory, TEN.slice(0, 9).map(keyOf))).toEqual({
      lackedSinceMs: new Map(),
      settled: new Set([keyOf('j')]),
      isHeld: false,
    });
  });

  it.each([
    { what: 'a shorter list', names: TEN.slice(0, 8) },
    { what: 'a longer list', names: TEN },
  ])('removes nothing when a person confirmed $what', ({ names }) => {
    const input = removalInput(TEN, ['j'], {
      confirmedDigest: digestOf(names.map(keyOf)),
      memory: memory(TEN, TEN, { isHeld: true }),
    });

    expect(planRemovals(input).decision.kind).toBe('Held');
  });

  it('removes confirmed objects only after a second look lacked them all', () => {
    const input = removalInput(TEN, [], {
      confirmedDigest: digestOf(TEN.map(keyOf)),
      memory: memory(TEN, TEN.slice(1), { isHeld: true }),
    });

    expect(planRemovals(input).decision.kind).toBe('Held');
  });

  it('gives the same short digest for the same list and another for any other', () => {
    expect(digestOf(['a', 'b'])).toMatch(/^[0-9a-f]{12}$/);
    expect(digestOf(['a', 'b'])).toBe(digestOf(['a', 'b']));
    expect(digestOf(['a', 'b'])).not.toBe(digestOf(['a']));
  });
});
