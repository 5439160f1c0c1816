import { describe, expect, it } from '@jest/globals';
import { backoffSeconds } from '../../lib/backoff.ts';

const doubling = { initialSeconds: 1, maxSeconds: 30, jitter: 0, random: () => 0 };

describe('backoff', () => {
  it.each([
    [0, 0],
    [1, 1],
    [2, 2],
    [3, 4],
    [5, 16],
    [6, 30],
    [7, 30],
    [5_000, 30],
  ])('waits after %i failures in a row for %d s', (failures, expected) => {
    expect(backoffSeconds({ ...doubling, failures })).toBe(expected);
  });

  it.each([
    [0, 0, 8],
    [0, 0.999, 8],
    [0.25, 0, 8],
    [0.25, 1, 6],
    [1, 0.5, 4],
    [1, 1, 0],
  ])('with jitter %d and chance %d makes 8 s into %d s', (jitter, chance, expected) => {
    const seconds = backoffSeconds({ ...doubling, failures: 4, jitter, random: () => chance });

    expect(seconds).toBe(expected);
  });

  it('never waits longer than the maximum, whatever chance says', () => {
    const seconds = backoffSeconds({ ...doubling, failures: 9, jitter: 0.5, random: () => 0 });

    expect(seconds).toBe(30);
  });

  it('waits not at all when the first wait is 0', () => {
    expect(backoffSeconds({ ...doubling, failures: 2_000, initialSeconds: 0 })).toBe(0);
  });
});
