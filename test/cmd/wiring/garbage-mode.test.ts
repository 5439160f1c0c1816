import { describe, expect, it } from '@jest/globals';
import { garbageModeOf } from '../../../cmd/wiring/garbage-mode.ts';

const CREATED = new Date('2026-01-01T00:00:00Z');

/** What may be done so many hours after the database was first used. */
function modeAfter(
  hours: number,
  options: { readonly garbage?: 'enforce' | 'report' | 'off' },
  isEmbedded: boolean,
): string {
  const now = (): Date => new Date(CREATED.getTime() + hours * 3_600_000);
  return garbageModeOf(options, { isEmbedded, installation: { createdAt: CREATED }, now })();
}

describe('garbage collection', () => {
  it('only reports for the first day on a database of its own, then enforces', () => {
    expect(modeAfter(0, {}, false)).toBe('report');
    expect(modeAfter(23.9, {}, false)).toBe('report');
    expect(modeAfter(24, {}, false)).toBe('enforce');
  });

  it('enforces from the start on the embedded database', () => {
    expect(modeAfter(0, {}, true)).toBe('enforce');
  });

  it.each(['enforce', 'report', 'off'] as const)('does what it is told: %s', (garbage) => {
    expect(modeAfter(0, { garbage }, false)).toBe(garbage);
    expect(modeAfter(1000, { garbage }, true)).toBe(garbage);
  });
});
