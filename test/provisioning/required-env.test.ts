import { describe, expect, it } from '@jest/globals';
import { describeMissingEnv, missingEnv } from '../../provisioning/required-env.ts';
import type { RequiredEnv } from '../../provisioning/merge-spec.ts';

describe('the preflight of the environment', () => {
  it.each<[string, readonly RequiredEnv[], Record<string, string>, readonly string[]]>([
    ['nothing of nothing', [], {}, []],
    ['nothing when all is set', [{ name: 'A' }, { anyOf: ['B', 'C'] }], { A: '1', C: '1' }, []],
    ['a name that is not set', [{ name: 'A' }], { B: '1' }, ['A']],
    ['a name that is empty', [{ name: 'A' }], { A: '' }, ['A']],
    ['a name that every object has', [{ name: 'toString' }], {}, ['toString']],
    ['a choice of which none is set', [{ anyOf: ['A', 'B'] }], {}, ['one of A, B']],
    ['a choice of which all are empty', [{ anyOf: ['A', 'B'] }], { B: '' }, ['one of A, B']],
    ['a choice of one', [{ anyOf: ['A'] }], {}, ['A']],
    [
      'a name, and not the choice that contains it',
      [{ anyOf: ['A', 'B'] }, { name: 'A' }],
      {},
      ['A'],
    ],
    [
      'a name although another of the choice is set',
      [{ anyOf: ['A', 'B'] }, { name: 'A' }],
      { B: '1' },
      ['A'],
    ],
    ['a name once', [{ name: 'A' }, { name: 'A' }], {}, ['A']],
    [
      'everything at once',
      [{ anyOf: ['A', 'B'] }, { name: 'C' }, { anyOf: ['C', 'D'] }, { name: 'E' }],
      {},
      ['C', 'E', 'one of A, B'],
    ],
  ])('misses %s', (_what, required, env, missing) => {
    expect(missingEnv(required, env)).toEqual(missing);
  });

  it('says all that is missing on one line', () => {
    expect(describeMissingEnv(['A', 'one of B, C'])).toBe('missing environment: A; one of B, C');
  });
});
