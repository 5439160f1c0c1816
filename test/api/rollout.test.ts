import { describe, expect, it } from '@jest/globals';
import {
  failureOf,
  secondsUntilProven,
  stoppingFailure,
  takesPlace,
  type RolloutMember,
} from '../../api/rollout.ts';

const NOW = new Date('2026-01-01T12:00:00Z');

function at(seconds: number): Date {
  return new Date(NOW.getTime() + seconds * 1000);
}

/** Taken down a minute ago, with nine more to come back. */
const MARK = { downSince: at(-60).toISOString(), deadline: at(540).toISOString() };
const LATE = { ...MARK, deadline: at(-1).toISOString() };
const FAILED = { ...MARK, failure: { at: at(-30).toISOString(), reason: 'CrashLoopBackOff' } };

function member(overrides: Partial<RolloutMember> = {}): RolloutMember {
  return {
    uid: 'uid-ada',
    namespace: 'default',
    name: 'ada',
    className: 'local',
    ownerUid: null,
    isReady: false,
    readySince: at(-60),
    isFailing: false,
    mark: MARK,
    acceptedAt: null,
    ...overrides,
  };
}

describe('a workspace that is down', () => {
  it.each<readonly [string, Partial<RolloutMember>, boolean, string | undefined]>([
    ['takes a place while it is changed', {}, true, undefined],
    ['takes a place when it is launched', { mark: null }, true, undefined],
    ['takes a place when it fails by itself', { mark: null, isFailing: true }, true, undefined],
    ['stops its class when it has failed', { mark: FAILED }, true, 'CrashLoopBackOff'],
    ['stops its class when its time is up', { mark: LATE }, true, 'ProvisionTimeout'],
    [
      'stops nobody when it had failed before',
      { mark: { ...LATE, wasUnwell: true } },
      true,
      undefined,
    ],
    [
      'neither stops anybody nor takes a place when its failure is accepted',
      { mark: FAILED, acceptedAt: at(-30) },
      false,
      undefined,
    ],
    [
      'stops its class again when it fails after others were accepted',
      { mark: FAILED, acceptedAt: at(-31) },
      true,
      'CrashLoopBackOff',
    ],
    [
      'takes a place although others were accepted, as long as it has not failed',
      { acceptedAt: at(0) },
      true,
      undefined,
    ],
    [
      'takes no place when it fails by itself and that is accepted',
      { mark: null, isFailing: true, acceptedAt: at(-59) },
      false,
      undefined,
    ],
    [
      'takes no place when it had failed before, and that it is late is accepted',
      { mark: { ...LATE, wasUnwell: true }, acceptedAt: at(0) },
      false,
      undefined,
    ],
  ])('%s', (_title, overrides, isTaken, reason) => {
    const one = member(overrides);

    expect(takesPlace(one, NOW)).toBe(isTaken);
    expect(stoppingFailure(one, NOW)?.reason).toBe(reason);
  });

  it('has failed since its deadline, or since it stopped being ready', () => {
    expect(failureOf(member({ mark: LATE }), NOW)?.at).toEqual(at(-1));
    expect(failureOf(member({ mark: null, isFailing: true }), NOW)?.at).toEqual(at(-60));
    expect(failureOf(member(), NOW)).toBeUndefined();
  });
});

describe('a workspace that is ready again', () => {
  it.each<readonly [string, number, string | undefined]>([
    ['still stops its class when it has only just come back', 3, 'CrashLoopBackOff'],
    ['stops nobody any more when it stays', 10, undefined],
  ])('%s', (_title, readySeconds, reason) => {
    const one = member({ mark: FAILED, isReady: true, readySince: at(-readySeconds) });

    expect(takesPlace(one, NOW)).toBe(false);
    expect(stoppingFailure(one, NOW)?.reason).toBe(reason);
  });

  it('is looked at again when it will have stayed', () => {
    expect(secondsUntilProven({ isReady: true, readySince: at(-3) }, NOW)).toBe(7);
    expect(secondsUntilProven({ isReady: true, readySince: at(-60) }, NOW)).toBe(0);
    expect(secondsUntilProven({ isReady: false, readySince: at(-3) }, NOW)).toBeUndefined();
  });
});
