import { describe, expect, it } from '@jest/globals';
import { plan } from '../../../controllers/workspace/plan.ts';
import type { PlanInput } from '../../../controllers/workspace/situation.ts';
import {
  PAUSED,
  REFUSED,
  ago,
  known,
  launch,
  pendingLaunch,
  planInput,
  record,
  seen,
  unknown,
} from './builders.ts';

const DELETED = record({ deletionRequestedAt: ago(5) });
const CLOSED = launch({ state: 'closed' });
const NOTHING = known();

/** A case: what is seen and wanted, and the step that follows. */
type Case = readonly [string, Partial<PlanInput>, object];

function failed(overrides: object) {
  return record({
    failures: {
      count: 1,
      lastReason: 'CrashLoopBackOff',
      lastMessage: '',
      lastAt: ago(4).toISOString(),
      generation: 1,
      ...overrides,
    },
  });
}

describe('the plan of a workspace of which nothing is known', () => {
  it.each<readonly [string, Partial<PlanInput>]>([
    ['that is wanted', {}],
    ['that is deleted', { record: DELETED }],
    ['that is paused', { acceptance: PAUSED }],
    ['that has another configuration', { launches: [launch({ configHash: 'config-0' })] }],
    ['that has other inputs', { launches: [launch({ inputsHash: 'inputs-0' })] }],
    ['whose launch is not sent', { launches: [pendingLaunch()] }],
    ['whose launch is in doubt', { launches: [pendingLaunch({ callsInDoubt: 1 })] }],
    ['whose attempt is closing', { launches: [launch({ state: 'closing' })] }],
    ['without any attempt', { launches: [] }],
    ['whose attempt is closed', { launches: [CLOSED] }],
  ])('%s is to wait, whatever an old list shows', (_title, given) => {
    const wait = { kind: 'Wait', reason: 'StatusUnknown' };

    expect(plan(planInput({ ...given, observation: unknown() }))).toEqual(wait);
    expect(plan(planInput({ ...given, observation: unknown(seen()) }))).toEqual(wait);
    expect(plan(planInput({ ...given, observation: known(seen({ state: 'unknown' })) }))).toEqual(
      wait,
    );
  });
});

describe('the plan for an attempt that is pending', () => {
  it.each<Case>([
    ['and was never sent: launch', { launches: [pendingLaunch()] }, { kind: 'Launch' }],
    [
      'and is in doubt: launch again, the same intent',
      { launches: [pendingLaunch({ callsInDoubt: 2, lastSentAt: ago(1) })] },
      { kind: 'Launch' },
    ],
    [
      'and whose instance is seen: store it',
      { launches: [pendingLaunch({ callsInDoubt: 1 })], observation: known(seen()) },
      { kind: 'StoreLaunched' },
    ],
    [
      'and whose instance is seen, of a deleted workspace: store it, so that it is ended by its row',
      {
        launches: [pendingLaunch({ callsInDoubt: 1 })],
        observation: known(seen()),
        record: DELETED,
      },
      { kind: 'StoreLaunched' },
    ],
    [
      'and is not wanted any more, never sent: close',
      { launches: [pendingLaunch()], record: DELETED },
      { kind: 'CloseAttempt', reason: 'NotWanted' },
    ],
    [
      'and is paused, in doubt: wait until the call cannot take effect, and nothing can be hidden',
      {
        launches: [pendingLaunch({ callsInDoubt: 1, lastSentAt: ago(21) })],
        acceptance: PAUSED,
      },
      { kind: 'Wait', reason: 'LaunchInDoubt', afterSeconds: 50 },
    ],
    [
      'and is not accepted any more, in doubt: wait, and do not send again',
      {
        launches: [pendingLaunch({ callsInDoubt: 1, lastSentAt: ago(21) })],
        acceptance: REFUSED,
      },
      { kind: 'Wait', reason: 'LaunchInDoubt' },
    ],
    [
      'and is deleted, and the doubt is over: ask the provider',
      { launches: [pendingLaunch({ callsInDoubt: 1, lastSentAt: ago(71) })], record: DELETED },
      { kind: 'VerifyAbsent', reason: 'NotWanted' },
    ],
    [
      'and was refused, nothing in doubt: close with its reason',
      {
        launches: [
          pendingLaunch({
            refused: { reason: 'InsufficientCapacity', message: '' },
            callsInDoubt: 0,
          }),
        ],
      },
      { kind: 'CloseAttempt', reason: 'InsufficientCapacity' },
    ],
    [
      'and was refused, another call in doubt: wait',
      {
        launches: [
          pendingLaunch({
            refused: { reason: 'InsufficientCapacity', message: '' },
            callsInDoubt: 1,
            lastSentAt: ago(1),
          }),
        ],
      },
      { kind: 'Wait', reason: 'LaunchInDoubt' },
    ],
  ])('%s', (_title, given, action) => {
    expect(plan(planInput({ observation: NOTHING, ...given }))).toMatchObject(action);
  });
});

describe('the plan without an open attempt', () => {
  it.each<Case>([
    ['prepare what is wanted', { launches: [] }, { kind: 'Prepare', highestAttemptSeen: 0 }],
    [
      'prepare past the highest attempt in any marks',
      { launches: [], observation: known(seen({ attempt: 7, state: 'terminated' })) },
      { kind: 'Prepare', highestAttemptSeen: 7 },
    ],
    ['nothing for a paused one', { launches: [], acceptance: PAUSED }, { kind: 'None' }],
    [
      'nothing for one that is not accepted',
      { launches: [], acceptance: REFUSED },
      { kind: 'None' },
    ],
    ['release what is deleted', { launches: [CLOSED], record: DELETED }, { kind: 'Release' }],
    [
      'release what is deleted and was never accepted',
      { launches: [], record: DELETED, acceptance: REFUSED },
      { kind: 'Release' },
    ],
    [
      'children go before their parent',
      { launches: [], record: DELETED, hasDeletingChildren: true },
      { kind: 'Wait', reason: 'ChildrenFirst' },
    ],
    [
      'replace a first lost instance at once',
      { launches: [CLOSED], record: failed({ lastReason: 'InstanceLost' }) },
      { kind: 'Prepare' },
    ],
    [
      'wait before the next attempt after a refusal',
      { launches: [CLOSED], record: failed({ lastReason: 'InsufficientCapacity' }) },
      { kind: 'Wait', reason: 'Backoff', afterSeconds: 26 },
    ],
  ])('%s', (_title, given, action) => {
    expect(plan(planInput({ observation: NOTHING, ...given }))).toMatchObject(action);
  });
});

describe('the plan for instances that the rows do not expect', () => {
  it.each<Case>([
    [
      'a late one of a closed attempt goes, whatever else is wanted',
      {
        launches: [CLOSED, launch({ attempt: 2, instanceId: 'i-2' })],
        observation: known(seen(), seen({ id: 'i-2', attempt: 2 })),
      },
      { kind: 'Terminate', instanceId: 'i-1', reason: 'AttemptClosed' },
    ],
    [
      'a late one goes before the next attempt opens',
      { launches: [CLOSED], observation: known(seen({ state: 'terminating' })) },
      { kind: 'Wait', reason: 'Terminating' },
    ],
    [
      'one without a row is adopted',
      { launches: [], observation: known(seen({ attempt: 3 })) },
      { kind: 'Adopt', seen: { instance: { marks: { attempt: 3 } } } },
    ],
    [
      'one without a row is adopted also under a deletion, so that its end has a row',
      { launches: [], observation: known(seen({ attempt: 3 })), record: DELETED },
      { kind: 'Adopt' },
    ],
    [
      'the newest without a row is adopted first',
      {
        launches: [],
        observation: known(seen({ attempt: 3 }), seen({ id: 'i-4', attempt: 4 })),
      },
      { kind: 'Adopt', seen: { instance: { id: 'i-4' } } },
    ],
    [
      'one whose marks name an attempt of another instance is never touched',
      { observation: known(seen(), seen({ id: 'i-copy' })) },
      { kind: 'None' },
    ],
    [
      'one with copied marks of a closed attempt is never touched',
      {
        launches: [CLOSED, launch({ attempt: 2, instanceId: 'i-2' })],
        observation: known(seen({ id: 'i-copy' }), seen({ id: 'i-2', attempt: 2 })),
      },
      { kind: 'None' },
    ],
  ])('%s', (_title, given, action) => {
    expect(plan(planInput(given))).toMatchObject(action);
  });
});
