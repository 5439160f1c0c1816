import { describe, expect, it } from '@jest/globals';
import { planGarbage, type GarbageInput } from '../../../controllers/garbage-collection/plan.ts';
import { ago, launch, pendingLaunch, seen } from '../workspace/builders.ts';

const INSTANCE = seen().instance;
const CLOSED = launch({ state: 'closed' });
const HAS_RECORD = new Set(['uid-ada']);

/** An instance whose record is released and whose launch row is closed. */
function input(overrides: Partial<GarbageInput> = {}): GarbageInput {
  return {
    backend: 'process',
    instances: [INSTANCE],
    recordUids: new Set(),
    launches: [CLOSED],
    approvedIds: new Set(),
    ...overrides,
  };
}

describe('an instance', () => {
  it('is garbage when its record is released and its launch row is closed, with the evidence', () => {
    expect(planGarbage(input())).toEqual([
      {
        backend: 'process',
        instance: INSTANCE,
        verdict: 'garbage',
        evidence: {
          record: 'absent',
          launch: 'closed',
          marks: INSTANCE.marks,
          state: 'running',
          launchedAt: ago(3600).toISOString(),
        },
      },
    ]);
  });

  it.each<readonly [string, Partial<GarbageInput>]>([
    ['of a record', { recordUids: HAS_RECORD }],
    [
      'of a record, left over from a closed attempt',
      { recordUids: HAS_RECORD, launches: [CLOSED] },
    ],
    ['of a record, without a row', { recordUids: HAS_RECORD, launches: [] }],
    ['that is gone', { instances: [{ ...INSTANCE, state: 'terminated' }] }],
    ['that is on its way out', { instances: [{ ...INSTANCE, state: 'terminating' }] }],
  ])('%s is not for the collector', (_title, given) => {
    expect(planGarbage(input(given))).toEqual([]);
  });

  it.each<readonly [string, Partial<GarbageInput>, string, string]>([
    ['that no row and no record knows', { launches: [] }, 'unclaimed', 'none'],
    [
      'whose attempt no row knows, although an older one is closed',
      { instances: [seen({ attempt: 2 }).instance] },
      'unclaimed',
      'none',
    ],
    ['whose row is open without a record', { launches: [launch()] }, 'unclaimed', 'open'],
    [
      'whose row is pending without a record',
      { launches: [pendingLaunch({ callsInDoubt: 1 })] },
      'unclaimed',
      'open',
    ],
    [
      'that carries marks which its row gives to another instance',
      { instances: [{ ...INSTANCE, id: 'i-copy' }] },
      'unclaimed',
      'contradicted',
    ],
    [
      'that carries copied marks of a workspace with a record',
      { instances: [{ ...INSTANCE, id: 'i-copy' }], recordUids: HAS_RECORD },
      'unclaimed',
      'contradicted',
    ],
    [
      'that a person approved by its id',
      { launches: [], approvedIds: new Set(['i-1']) },
      'approved',
      'none',
    ],
    [
      'when a person approved another id',
      { launches: [], approvedIds: new Set(['i-2']) },
      'unclaimed',
      'none',
    ],
    [
      'that is garbage and protected',
      { instances: [{ ...INSTANCE, isProtected: true }] },
      'protected',
      'closed',
    ],
    [
      'that was approved and is protected',
      {
        instances: [{ ...INSTANCE, isProtected: true }],
        launches: [],
        approvedIds: new Set(['i-1']),
      },
      'protected',
      'none',
    ],
    [
      'that is garbage in a state that cannot be told',
      { instances: [{ ...INSTANCE, state: 'unknown' }] },
      'protected',
      'closed',
    ],
  ])('%s is never collected on a guess', (_title, given, verdict, evidence) => {
    expect(planGarbage(input(given))).toMatchObject([{ verdict, evidence: { launch: evidence } }]);
  });
});
