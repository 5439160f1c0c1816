import { describe, expect, it } from '@jest/globals';
import {
  computeBreaker,
  digestOf,
  type BreakerInput,
} from '../../../controllers/garbage-collection/breaker.ts';
import type { Stray } from '../../../controllers/garbage-collection/plan.ts';
import { seen } from '../workspace/builders.ts';

function garbage(count: number): readonly Stray[] {
  return Array.from({ length: count }, (_, index) => {
    const { backend, instance } = seen({ id: `i-${index}` });
    const { marks, state } = instance;
    const evidence = { record: 'absent', launch: 'closed', marks, state, launchedAt: '' } as const;
    return { backend, instance, verdict: 'garbage', evidence };
  });
}

function input(overrides: Partial<BreakerInput> = {}): BreakerInput {
  return {
    garbage: garbage(1),
    listedCount: 100,
    liveRecords: 100,
    liveRecordsBefore: 100,
    installationMismatch: false,
    approvedDigest: undefined,
    ...overrides,
  };
}

describe('the breaker', () => {
  it.each<readonly [string, Partial<BreakerInput>]>([
    ['a little garbage', {}],
    ['five, however few there are', { garbage: garbage(5), listedCount: 5 }],
    ['a fifth of all', { garbage: garbage(20) }],
    ['half of the records gone', { liveRecords: 50 }],
    ['most of the records gone, and nothing to delete', { garbage: [], liveRecords: 1 }],
    ['an empty database that was always empty', { liveRecords: 0, liveRecordsBefore: 0 }],
  ])('stays closed for %s', (_title, given) => {
    expect(computeBreaker(input(given))).toEqual({ isOpen: false });
  });

  it.each<readonly [string, Partial<BreakerInput>, object]>([
    [
      'six of six',
      { garbage: garbage(6), listedCount: 6 },
      { reason: 'TooMuchGarbage', message: '6 of 6 instances look like garbage' },
    ],
    [
      'more than a fifth of all',
      { garbage: garbage(21) },
      { reason: 'TooMuchGarbage', message: '21 of 100 instances look like garbage' },
    ],
    [
      'more than half of the records gone since the last pass',
      { liveRecords: 49 },
      { reason: 'RecordsVanished', message: 'live records fell from 100 to 49' },
    ],
    [
      'the database of another installation, whatever it holds',
      { garbage: [], installationMismatch: true },
      { reason: 'InstallationMismatch' },
    ],
  ])('opens for %s', (_title, given, breaker) => {
    expect(computeBreaker(input(given))).toMatchObject({ isOpen: true, ...breaker });
  });

  it('is closed by the approval of exactly the halted list', () => {
    const many = { garbage: garbage(6), listedCount: 6 };
    const approvedDigest = digestOf(many.garbage);

    expect(computeBreaker(input({ ...many, approvedDigest }))).toEqual({ isOpen: false });
    expect(computeBreaker(input({ ...many, garbage: garbage(7), approvedDigest }))).toMatchObject({
      isOpen: true,
    });
  });

  it('cannot be approved away while the database is of another installation', () => {
    const approvedDigest = digestOf(garbage(1));

    expect(computeBreaker(input({ installationMismatch: true, approvedDigest }))).toMatchObject({
      isOpen: true,
    });
  });

  it('names a list by its instances, in whatever order they come', () => {
    expect(digestOf(garbage(3).toReversed())).toBe(digestOf(garbage(3)));
    expect(digestOf(garbage(3))).not.toBe(digestOf(garbage(2)));
  });
});
