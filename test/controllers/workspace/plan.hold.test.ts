import { describe, expect, it } from '@jest/globals';
import { plan } from '../../../controllers/workspace/plan.ts';
import type { PlanInput } from '../../../controllers/workspace/situation.ts';
import { WANTED, known, launch, pendingLaunch, planInput, record, seen } from './builders.ts';

const HELD = { holdSeconds: 60 } as const;
const PENDING = pendingLaunch({ callsInDoubt: 0 });
const FAILURES = {
  ...{ count: 1, lastReason: 'InvalidLaunchParameters', lastMessage: 'launching: no such subnet' },
  ...{ lastAt: '2026-01-01T00:00:00.000Z', generation: 1 },
};

describe('a class on hold', () => {
  it.each<readonly [string, Partial<PlanInput>, object]>([
    [
      'lets nobody prepare a launch',
      { launches: [], observation: known() },
      { kind: 'Wait', reason: 'ClassOnHold', afterSeconds: 60 },
    ],
    [
      'lets nobody send a launch that was not sent yet',
      { launches: [PENDING], observation: known() },
      { kind: 'Wait', reason: 'ClassOnHold', afterSeconds: 60 },
    ],
    [
      'does not keep a launch in doubt from being asked for again',
      { launches: [{ ...PENDING, callsInDoubt: 1 }], observation: known() },
      { kind: 'Launch' },
    ],
    [
      'does not touch what runs',
      { launches: [launch()], observation: known(seen()) },
      { kind: 'None' },
    ],
    [
      'does not keep a deletion waiting',
      { record: record({ deletionRequestedAt: new Date(0) }), launches: [], observation: known() },
      { kind: 'Release' },
    ],
  ])('%s', (_title, overrides, expected) => {
    expect(plan(planInput({ ...HELD, ...overrides }))).toMatchObject(expected);
  });
});

describe('inputs that the provider will never accept', () => {
  const stuck = (stuckInputsHash: string): Partial<PlanInput> => ({
    record: record({ failures: { ...FAILURES, stuckInputsHash } }),
    launches: [],
    observation: known(),
    now: new Date('2027-01-01T00:00:00Z'),
  });

  it('are not asked for again', () => {
    expect(plan(planInput(stuck(WANTED.inputsHash)))).toMatchObject({
      kind: 'Wait',
      reason: 'InvalidLaunchParameters',
    });
  });

  it('hold nothing up once others are wanted', () => {
    expect(plan(planInput(stuck('of-another-class')))).toMatchObject({ kind: 'Prepare' });
  });
});

describe('a state that lies in the instance', () => {
  const reset = { requests: { resetSessionAt: 'now' } };

  it('is emptied by replacing the instance', () => {
    const timing = { settleSeconds: 300, callLifetimeSeconds: 900, keepsState: false };

    expect(plan(planInput({ record: record(reset), timing }))).toMatchObject({ kind: 'Replace' });
  });

  it('is not emptied twice for one request', () => {
    const timing = { settleSeconds: 300, callLifetimeSeconds: 900, keepsState: false };
    const done = record({ ...reset, sessionResetAt: 'now' });

    expect(plan(planInput({ record: done, timing }))).toMatchObject({ kind: 'None' });
  });
});
