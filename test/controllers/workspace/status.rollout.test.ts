import { describe, expect, it } from '@jest/globals';
import type { WorkspaceStatus } from '../../../api/conditions.ts';
import type { RolloutMark } from '../../../api/rollout.ts';
import { computeStatus } from '../../../controllers/workspace/status.ts';
import type { StatusInput } from '../../../controllers/workspace/status-input.ts';
import type { WorkspaceRecord } from '../../../store/workspace-view.ts';
import { registering, report } from './agent.builders.ts';
import {
  ACCEPTED,
  NOW,
  PAUSED,
  REFUSED,
  WANTED,
  ago,
  known,
  launch,
  record,
  seen,
  view,
} from './builders.ts';

/** What the tests change of a workspace that runs and answers. */
interface Change extends Partial<StatusInput> {
  readonly recordOf?: Partial<WorkspaceRecord>;
}

function statusOf({ recordOf = {}, ...overrides }: Change = {}): WorkspaceStatus {
  return computeStatus({
    view: view({ record: record(recordOf) }),
    acceptance: ACCEPTED,
    observation: known(seen()),
    action: { kind: 'None' },
    isAnswering: true,
    now: NOW,
    ...overrides,
  });
}

const STOP = { kind: 'Stop', launch: launch(), reason: 'ConfigChanged' } as const;
const TAKEN = statusOf({ action: STOP, takenDown: { wasUnwell: false } });
const MARK = { downSince: NOW.toISOString(), deadline: ago(-600).toISOString() };
const EARLIER = { downSince: ago(60).toISOString(), deadline: ago(-540).toISOString() };
const OVERDUE = { downSince: ago(601).toISOString(), deadline: ago(1).toISOString() };
const FAILURES = {
  count: 1,
  lastReason: 'CrashLoopBackOff',
  lastMessage: 'the agent exited with code 1',
  lastAt: ago(5).toISOString(),
  generation: 1,
};
const FAILURE = { at: FAILURES.lastAt, reason: 'CrashLoopBackOff' };
const STOPPED = known(seen({ state: 'stopped' }));
const HOLD = {
  reason: 'VcpuLimitExceeded',
  message: 'no more',
  since: NOW.toISOString(),
  until: NOW.toISOString(),
  lastProbeAt: NOW.toISOString(),
  count: 1,
  generation: 1,
} as const;
const WAITING = { kind: 'Wait', reason: 'RolloutBudget', message: 'its change waits' } as const;

/** A workspace that was taken down, and has not come back yet. */
function down(mark: RolloutMark = EARLIER): WorkspaceStatus {
  return { ...TAKEN, rollout: mark };
}

describe('the mark of a workspace that is taken down', () => {
  it('says since when, and until when it has to be back', () => {
    expect(TAKEN.rollout).toEqual(MARK);
    expect(TAKEN.conditions).toContainEqual(
      expect.objectContaining({ type: 'Ready', status: 'False', reason: 'Provisioning' }),
    );
  });

  it('says that it had failed before', () => {
    const status = statusOf({ action: STOP, takenDown: { wasUnwell: true } });

    expect(status.rollout).toEqual({ ...MARK, wasUnwell: true });
  });

  it('goes on with the same story when it is taken down again before it was back', () => {
    const status = statusOf({
      action: STOP,
      takenDown: { wasUnwell: true },
      recordOf: { status: down({ ...EARLIER, failure: FAILURE }) },
    });

    expect(status.rollout).toEqual({ ...MARK, failure: FAILURE });
  });

  it('begins anew when it was back', () => {
    const status = statusOf({
      action: STOP,
      takenDown: { wasUnwell: true },
      recordOf: { status: { ...statusOf(), rollout: EARLIER } },
    });

    expect(status.rollout).toEqual({ ...MARK, wasUnwell: true });
  });
});

describe('the mark of a workspace that was taken down', () => {
  it.each<readonly [string, Change, RolloutMark | undefined]>([
    ['stays while it is down', { observation: STOPPED }, EARLIER],
    ['stays when it is ready, because it may still fail', {}, EARLIER],
    ['goes when it has proved itself', { recordOf: { status: down(OVERDUE) } }, undefined],
    ['goes when it is paused', { acceptance: PAUSED }, undefined],
    [
      'goes when it has left the class',
      { acceptance: { ...ACCEPTED, wanted: { ...WANTED, className: 'large' } } },
      undefined,
    ],
    ['goes when it is up and its change waits again', { action: WAITING }, undefined],
    [
      'says that it has failed',
      { observation: STOPPED, recordOf: { status: down(), failures: FAILURES } },
      { ...EARLIER, failure: FAILURE },
    ],
    [
      'says that it has failed after it was ready',
      {
        observation: STOPPED,
        recordOf: { status: { ...statusOf(), rollout: EARLIER }, failures: FAILURES },
      },
      { ...EARLIER, failure: FAILURE },
    ],
    [
      'says that its start was refused',
      { observation: STOPPED, error: { reason: 'MissingEnv', message: 'API_KEY' } },
      { ...EARLIER, failure: { at: NOW.toISOString(), reason: 'MissingEnv' } },
    ],
    [
      'says that the account refuses its class',
      {
        view: view({
          record: record({ status: down() }),
          launches: [],
          classes: view().classes.map((one) => ({ ...one, status: { hold: HOLD } })),
        }),
        observation: known(),
        action: { kind: 'Wait', reason: 'ClassOnHold' },
      },
      { ...EARLIER, failure: { at: NOW.toISOString(), reason: 'VcpuLimitExceeded' } },
    ],
    [
      'says nothing of an error that may pass',
      { observation: STOPPED, error: { reason: 'Throttled', message: 'slow down' } },
      EARLIER,
    ],
    [
      'says that it is late',
      { observation: STOPPED, recordOf: { status: down(OVERDUE) } },
      { ...OVERDUE, failure: { at: OVERDUE.deadline, reason: 'Provisioning' } },
    ],
    [
      'gets the time that a new leader listens, when its own passed before',
      { observation: STOPPED, recordOf: { status: down(OVERDUE) }, listenedSeconds: 20 },
      { ...OVERDUE, deadline: ago(-40).toISOString() },
    ],
    [
      'keeps a deadline that is still to come, whoever listens',
      { observation: STOPPED, listenedSeconds: 20 },
      EARLIER,
    ],
    [
      'says nothing of its lateness while it cannot run',
      { observation: STOPPED, acceptance: REFUSED, recordOf: { status: down(OVERDUE) } },
      OVERDUE,
    ],
    [
      'says no failure of one that had failed before',
      {
        observation: STOPPED,
        recordOf: { status: down({ ...OVERDUE, wasUnwell: true }), failures: FAILURES },
      },
      { ...OVERDUE, wasUnwell: true },
    ],
    [
      'keeps its first failure',
      {
        observation: STOPPED,
        recordOf: {
          status: down({ ...EARLIER, failure: FAILURE }),
          failures: { ...FAILURES, lastAt: ago(1).toISOString() },
        },
      },
      { ...EARLIER, failure: FAILURE },
    ],
  ])('%s', (_title, change, mark) => {
    const { recordOf = { status: down() }, ...rest } = change;

    expect(statusOf({ recordOf, ...rest }).rollout).toEqual(mark);
  });
});

describe('a workspace whose change waits', () => {
  /** Phase, and what Ready says. */
  function said(change: Change): readonly (string | undefined)[] {
    const { phase, conditions } = statusOf({ action: WAITING, ...change });
    const ready = conditions.find(({ type }) => type === 'Ready');
    return [phase, ready?.status, ready?.reason, ready?.message];
  }

  function agent(words: Parameters<typeof report>[0]): Change {
    return { acceptance: registering(), view: view({ report: report(words) }) };
  }

  it.each<readonly [string, Change, readonly string[]]>([
    ['says why', {}, ['Online', 'False', 'Provisioning', 'its change waits']],
    [
      'is degraded when it is',
      agent({ isDegraded: true }),
      ['Degraded', 'False', 'Provisioning', 'its change waits'],
    ],
    [
      'is offline when it is not heard of',
      agent({ heartbeatAt: ago(181) }),
      ['Offline', 'False', 'HeartbeatLost', 'the agent has not been heard of for 3 minutes'],
    ],
  ])('%s', (_title, change, expected) => {
    expect(said(change)).toEqual(expected);
  });
});
