import { describe, expect, it } from '@jest/globals';
import { formatAge, formatDuration } from '../../../cmd/output/age.ts';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

describe('formatDuration', () => {
  it.each([
    [-5, '0s'],
    [0, '0s'],
    [0.9, '0s'],
    [119, '119s'],
    [2 * MINUTE, '2m'],
    [3 * MINUTE + 20, '3m20s'],
    [10 * MINUTE, '10m'],
    [179 * MINUTE, '179m'],
    [5 * HOUR + 12 * MINUTE, '5h12m'],
    [8 * HOUR, '8h'],
    [47 * HOUR, '47h'],
    [3 * DAY + 4 * HOUR, '3d4h'],
    [8 * DAY, '8d'],
    [700 * DAY, '700d'],
    [744 * DAY, '2y14d'],
    [730 * DAY, '2y'],
  ])('says %d seconds as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});

describe('formatAge', () => {
  const now = new Date('2026-01-01T01:00:00Z');

  it('counts from the time to now', () => {
    expect(formatAge('2026-01-01T00:59:18Z', now)).toBe('42s');
  });

  it('does not show a negative age when the clocks differ', () => {
    expect(formatAge('2026-01-01T01:00:03Z', now)).toBe('0s');
  });

  it.each([[undefined], ['soon']])('does not guess what %s means', (since) => {
    expect(formatAge(since, now)).toBe('<unknown>');
  });
});
