import { expect, it } from '@jest/globals';
import { parseDurationSeconds } from '../../cmd/verbs/duration.ts';

it.each([
  ['90s', 90],
  ['5m', 300],
  ['1h30m', 5400],
  ['20', 20],
  ['0', 0],
])('reads %s as %d seconds', (text, seconds) => {
  expect(parseDurationSeconds('--timeout', text)).toBe(seconds);
});

it.each([['soon'], ['5d'], ['-1s'], [''], ['1.5h']])('refuses %j', (text) => {
  expect(() => parseDurationSeconds('--timeout', text)).toThrow(
    '--timeout must be a time like 90s, 5m or 1h30m',
  );
});
