import { describe, expect, it } from '@jest/globals';
import type { Acceptance } from '../../../controllers/workspace/accept.ts';
import type { Action } from '../../../controllers/workspace/action.ts';
import { plan } from '../../../controllers/workspace/plan.ts';
import type { PlanInput } from '../../../controllers/workspace/situation.ts';
import { claim } from './agent.builders.ts';
import {
  ACCEPTED,
  ELSEWHERE,
  NOW,
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

const NOTHING = { launches: [], observation: known() };
const RUNNING = launch();
const PAUSED_ELSEWHERE: Acceptance = { ...ELSEWHERE, lineage: PAUSED.lineage };

/** Declared to run elsewhere; nothing was ever launched. */
function elsewhere(overrides: Partial<PlanInput> = {}): Action {
  return plan(planInput({ acceptance: ELSEWHERE, ...NOTHING, ...overrides }));
}

/** Declared for a class, and an agent elsewhere may still speak. */
function here(overrides: Partial<PlanInput> = {}): Action {
  return plan(planInput({ record: record({ externalAttempt: 2 }), ...NOTHING, ...overrides }));
}

const AWAITED = { record: record({ externalAttempt: 1 }) };
const DELETED = record({ deletionRequestedAt: ago(5) });

describe('the plan for an agent that runs elsewhere', () => {
  it.each<readonly [string, Partial<PlanInput>, Action]>([
    ['gives it an attempt', {}, { kind: 'OpenExternal', highestAttemptSeen: 0 }],
    [
      'gives it an attempt while it is paused',
      { acceptance: PAUSED_ELSEWHERE },
      { kind: 'OpenExternal', highestAttemptSeen: 0 },
    ],
    [
      'gives it an attempt whatever slept before',
      { record: record({ hibernation: claim() }) },
      { kind: 'OpenExternal', highestAttemptSeen: 0 },
    ],
    [
      'counts past every mark that was seen',
      { observation: known(seen({ state: 'terminated', attempt: 7 })) },
      { kind: 'OpenExternal', highestAttemptSeen: 7 },
    ],
    ['has nothing to do once it has one', AWAITED, { kind: 'None' }],
    [
      'has nothing to do while it is paused',
      { ...AWAITED, acceptance: PAUSED_ELSEWHERE },
      { kind: 'None' },
    ],
    [
      'leaves it when it is not accepted',
      { acceptance: { ...REFUSED, wanted: undefined } as unknown as Acceptance },
      { kind: 'None' },
    ],
    ['releases it at once', { record: DELETED }, { kind: 'Release' }],
    [
      'waits for its children to go first',
      { record: DELETED, hasDeletingChildren: true },
      { kind: 'Wait', reason: 'ChildrenFirst' },
    ],
    [
      'decides nothing while its old backend is away',
      { launches: [RUNNING], observation: unknown() },
      { kind: 'Wait', reason: 'StatusUnknown' },
    ],
  ])('%s', (_title, overrides, action) => {
    expect(elsewhere(overrides)).toEqual(action);
  });

  it.each<readonly [string, Partial<PlanInput>, Action]>([
    [
      'lets the instance go first',
      { launches: [RUNNING], observation: known(seen()) },
      { kind: 'Replace', launch: RUNNING, reason: 'RunsElsewhere' },
    ],
    [
      'lets it go also while it is paused',
      { acceptance: PAUSED_ELSEWHERE, launches: [RUNNING], observation: known(seen()) },
      { kind: 'Replace', launch: RUNNING, reason: 'RunsElsewhere' },
    ],
    [
      'lets a stopped one go',
      { launches: [RUNNING], observation: known(seen({ state: 'stopped' })) },
      { kind: 'Replace', launch: RUNNING, reason: 'RunsElsewhere' },
    ],
    [
      'ends it once its row says so',
      { launches: [launch({ state: 'closing' })], observation: known(seen()) },
      {
        kind: 'Terminate',
        backend: 'process',
        instanceId: 'i-1',
        attempt: 1,
        reason: 'Replaced',
      },
    ],
    [
      'ends a late one of a closed row, whatever else is wanted',
      { ...AWAITED, launches: [launch({ state: 'closed' })], observation: known(seen()) },
      {
        kind: 'Terminate',
        backend: 'process',
        instanceId: 'i-1',
        attempt: 1,
        reason: 'AttemptClosed',
      },
    ],
    [
      'never sends a launch that is pending',
      { launches: [pendingLaunch()] },
      { kind: 'CloseAttempt', launch: pendingLaunch(), reason: 'NotWanted' },
    ],
    [
      'waits for the end of the doubt about one that was sent',
      { launches: [pendingLaunch({ callsInDoubt: 1, lastSentAt: NOW })] },
      { kind: 'Wait', reason: 'LaunchInDoubt', afterSeconds: 71 },
    ],
    [
      'comes after everything is closed, with the next attempt',
      { launches: [launch({ state: 'closed' })] },
      { kind: 'OpenExternal', highestAttemptSeen: 0 },
    ],
  ])('%s when a class ran it before', (_title, overrides, action) => {
    expect(elsewhere(overrides)).toEqual(action);
  });

  it('leaves the instance of one that is not accepted as it is', () => {
    const refused: Acceptance = { ...REFUSED, elsewhere: { ...ELSEWHERE.elsewhere } } as Acceptance;

    expect(
      elsewhere({ acceptance: refused, launches: [RUNNING], observation: known(seen()) }),
    ).toEqual({ kind: 'None' });
  });
});

describe('the plan for one that a class runs again', () => {
  it.each<readonly [string, Partial<PlanInput>, Action]>([
    ['ends its attempt elsewhere before anything is launched', {}, { kind: 'CloseExternal' }],
    ['does so also while it is paused', { acceptance: PAUSED }, { kind: 'CloseExternal' }],
    ['leaves it when it is not accepted', { acceptance: REFUSED }, { kind: 'None' }],
    [
      'launches after that',
      { record: record(), acceptance: ACCEPTED },
      { kind: 'Prepare', highestAttemptSeen: 0 },
    ],
    [
      'releases it, whatever is declared',
      { record: record({ externalAttempt: 2, deletionRequestedAt: ago(5) }) },
      { kind: 'Release' },
    ],
  ])('%s', (_title, overrides, action) => {
    expect(here(overrides)).toEqual(action);
  });
});
