import { describe, expect, it } from '@jest/globals';
import {
  addFailure,
  currentFailures,
  isExhausted,
  nextAttemptAt,
  reconcileRequest,
} from '../../../controllers/workspace/failures.ts';
import type { WorkspaceFailures } from '../../../store/workspace-facts.ts';
import { NOW, ago, record } from './builders.ts';

const LOST = { reason: 'InstanceLost', message: 'it is gone', at: NOW };
const EXIT = { attempt: 1, code: 1, at: ago(3).toISOString(), log: 'no config\n' };

function failures(overrides: Partial<WorkspaceFailures> = {}): WorkspaceFailures {
  return {
    count: 1,
    lastReason: 'CrashLoopBackOff',
    lastMessage: 'the agent exited with code 1',
    lastAt: NOW.toISOString(),
    generation: 1,
    ...overrides,
  };
}

function secondsUntilNext(overrides: Partial<WorkspaceFailures>): number {
  return (nextAttemptAt(failures(overrides)).getTime() - NOW.getTime()) / 1000;
}

describe('the next try', () => {
  it.each([
    [1, 10],
    [2, 20],
    [3, 40],
    [4, 80],
    [5, 160],
    [6, 300],
    [7, 300],
    [5000, 300],
  ])('after %i failures in a row is due in %i s', (count, seconds) => {
    expect(secondsUntilNext({ count })).toBe(seconds);
  });

  it('after the first lost instance is due at once', () => {
    expect(secondsUntilNext({ lastReason: 'InstanceLost' })).toBe(0);
  });

  it('after the second lost instance waits as after any failure', () => {
    expect(secondsUntilNext({ lastReason: 'InstanceLost', count: 2 })).toBe(20);
  });
});

describe('the failures of a workspace', () => {
  it('count for the generation that they happened in', () => {
    expect(currentFailures(record({ failures: failures() }))).toEqual(failures());
    expect(currentFailures(record({ failures: failures(), generation: 2 }))).toBeUndefined();
  });

  it('count until somebody asks for a pass', () => {
    const asked = record({ failures: failures(), requests: { reconcileRequestedAt: 'now' } });

    expect(currentFailures(asked)).toBeUndefined();
  });

  it('count again for the request that they happened after', () => {
    const before = record({ requests: { reconcileRequestedAt: 'now' } });
    const after = { ...before, failures: addFailure(before, LOST) };

    expect(currentFailures(after)).toMatchObject({ count: 1, lastReason: 'InstanceLost' });
  });

  it('are none when there was none', () => {
    expect(currentFailures(record())).toBeUndefined();
  });
});

describe('one failure more', () => {
  it('is the first of a workspace that had none', () => {
    expect(addFailure(record(), LOST)).toEqual({
      count: 1,
      lastReason: 'InstanceLost',
      lastMessage: 'it is gone',
      lastAt: NOW.toISOString(),
      generation: 1,
    });
  });

  it('adds to those of the same generation', () => {
    const before = record({ failures: failures({ count: 3, lastAt: ago(30).toISOString() }) });

    expect(addFailure(before, LOST).count).toBe(4);
  });

  it('is the first of a new generation', () => {
    expect(addFailure(record({ failures: failures(), generation: 2 }), LOST)).toMatchObject({
      count: 1,
      generation: 2,
    });
  });

  it('keeps the evidence of the last exit until there is a newer one', () => {
    const before = record({ failures: failures({ exit: EXIT }) });
    const newer = { ...EXIT, attempt: 2 };

    expect(addFailure(before, LOST).exit).toEqual(EXIT);
    expect(addFailure(before, { ...LOST, exit: newer }).exit).toEqual(newer);
  });
});

describe('a workspace whose agent never registers', () => {
  /** What is stored after failures of these kinds, one after the other. */
  function after(...reasons: readonly string[]) {
    return reasons.reduce(
      (before, reason) =>
        record({ failures: addFailure(before, { reason, message: 'x', at: NOW }) }),
      record(),
    );
  }

  const TIME_OUT = 'ProvisionTimeout';

  it('is given up after five time-outs in a row', () => {
    expect(isExhausted(after(...Array<string>(4).fill(TIME_OUT)))).toBe(false);
    expect(isExhausted(after(...Array<string>(5).fill(TIME_OUT)))).toBe(true);
  });

  it.each<readonly [string, readonly string[]]>([
    ['four crashes and a time-out', [...Array<string>(4).fill('CrashLoopBackOff'), TIME_OUT]],
    [
      'four time-outs, a crash and a time-out',
      [...Array<string>(4).fill(TIME_OUT), 'CrashLoopBackOff', TIME_OUT],
    ],
    ['five time-outs and a refusal', [...Array<string>(5).fill(TIME_OUT), 'InsufficientCapacity']],
  ])('is not given up after %s', (_title, reasons) => {
    expect(isExhausted(after(...reasons))).toBe(false);
  });

  it('waits ever longer whatever the kinds of its failures', () => {
    expect(after('CrashLoopBackOff', 'CrashLoopBackOff', TIME_OUT).failures).toMatchObject({
      count: 3,
    });
  });

  it('starts afresh with another declaration', () => {
    const exhausted = after(...Array<string>(5).fill(TIME_OUT));

    expect(isExhausted({ ...exhausted, generation: 2 })).toBe(false);
  });
});

it.each([
  ['none', {}, {}, undefined],
  ['that of the API', { reconcileRequestedAt: 'a' }, {}, 'a'],
  ['that of the annotation', {}, { 'treeline.dev/reconcile-requested-at': 'b' }, 'b'],
  [
    'both, so that any new value of either counts',
    { reconcileRequestedAt: 'a' },
    { 'treeline.dev/reconcile-requested-at': 'b' },
    'a b',
  ],
])('the request to reconcile is %s', (_title, requests, annotations, request) => {
  expect(reconcileRequest({ requests, annotations })).toBe(request);
});
