import { describe, expect, it } from '@jest/globals';
import { isAsleep, wakeRequestOf, type Sleeper } from '../../api/wake-request.ts';

const AWAKE: Sleeper = { requests: {}, annotations: {} };
const ANNOTATED = { 'treeline.dev/wake-requested-at': 'b' };

describe('wakeRequestOf', () => {
  it.each<readonly [string, Partial<Sleeper>, string]>([
    ['is empty when nobody asked', {}, ''],
    ['is that of the API', { requests: { wakeRequestedAt: 'a' } }, 'a'],
    ['is that of the annotation', { annotations: ANNOTATED }, 'b'],
    ['changes with either', { requests: { wakeRequestedAt: 'a' }, annotations: ANNOTATED }, 'a b'],
  ])('%s', (_title, sleeper, request) => {
    expect(wakeRequestOf({ ...AWAKE, ...sleeper })).toBe(request);
  });
});

describe('isAsleep', () => {
  it.each<readonly [string, Partial<Sleeper>, boolean]>([
    ['without a claim', {}, false],
    ['claimed', { hibernation: {} }, true],
    [
      'claimed after the last wake',
      { hibernation: { wakeRequest: 'a' }, requests: { wakeRequestedAt: 'a' } },
      true,
    ],
    ['woken since', { hibernation: {}, requests: { wakeRequestedAt: 'a' } }, false],
    ['woken by annotation', { hibernation: { wakeRequest: '' }, annotations: ANNOTATED }, false],
  ])('%s', (_title, sleeper, is) => {
    expect(isAsleep({ ...AWAKE, ...sleeper })).toBe(is);
  });
});
