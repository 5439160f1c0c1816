import { describe, expect, it } from '@jest/globals';
import { isAsleep, wakeRequestOf, type Sleeper } from '../../api/wake-request.ts';

const AWAKE: Sleeper = { requests: {}, annotations: {}, spec: {} };
const IDLE = { reason: 'Idle' };
const DECLARED = { reason: 'Declared' };
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
    ['claimed', { hibernation: IDLE }, true],
    [
      'claimed after the last wake',
      { hibernation: { ...IDLE, wakeRequest: 'a' }, requests: { wakeRequestedAt: 'a' } },
      true,
    ],
    ['started again since', { hibernation: { ...IDLE, wokenAt: 'then' } }, false],
    ['declared', { hibernation: DECLARED, spec: { desiredState: 'Hibernated' } }, true],
    ['declared, and not any more', { hibernation: DECLARED }, false],
    ['woken since', { hibernation: IDLE, requests: { wakeRequestedAt: 'a' } }, false],
    [
      'woken by annotation',
      { hibernation: { ...IDLE, wakeRequest: '' }, annotations: ANNOTATED },
      false,
    ],
  ])('%s', (_title, sleeper, is) => {
    expect(isAsleep({ ...AWAKE, ...sleeper })).toBe(is);
  });
});
