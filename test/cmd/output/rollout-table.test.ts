import { describe, expect, it } from '@jest/globals';
import { computeRollout, renderRollout } from '../../../cmd/output/rollout-table.ts';
import type { Rollout } from '../../../server/contract-rollouts.ts';
import { condition, untouchedWorkspace, workspaceObject } from '../workspaces.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
type Status = NonNullable<NonNullable<Parameters<typeof workspaceObject>[0]>['status']>;

const READY = condition('Ready', 'True', 'Online');
const DRIFTED = condition('Drifted', 'True', 'ConfigChanged', 'a restart is due');

function stateOf(status: Status, metadata: object = {}) {
  const workspace = workspaceObject({ status, metadata });
  return computeRollout([workspace], NOW)[0]?.state;
}

describe('computeRollout', () => {
  it.each<readonly [string, Status, string]>([
    ['one that is as it should be', {}, 'Updated'],
    [
      'one that is paused',
      { phase: 'Paused', conditions: [condition('Ready', 'True', 'Paused')] },
      'Updated',
    ],
    [
      'one whose turn has not come',
      { conditions: [condition('Ready', 'False', 'Provisioning'), DRIFTED] },
      'Waiting',
    ],
    ['one that its class replaces by hand', { conditions: [READY, DRIFTED] }, 'Outdated'],
    [
      'one that is restarted',
      { phase: 'Provisioning', conditions: [condition('Ready', 'False', 'Provisioning')] },
      'Down',
    ],
    [
      'one that crashes',
      { phase: 'Offline', conditions: [condition('Ready', 'False', 'CrashLoopBackOff')] },
      'Failed',
    ],
    [
      'one that waits for its next attempt',
      {
        phase: 'Provisioning',
        conditions: [condition('Ready', 'False', 'Provisioning')],
        failures: {
          ...{ count: 2, lastReason: 'ProvisionTimeout' },
          nextAttemptAt: new Date(NOW.getTime() + 1).toISOString(),
        },
      },
      'Failed',
    ],
    [
      'one whose next attempt has begun',
      {
        phase: 'Provisioning',
        conditions: [condition('Ready', 'False', 'Provisioning')],
        failures: {
          ...{ count: 2, lastReason: 'ProvisionTimeout' },
          nextAttemptAt: NOW.toISOString(),
        },
      },
      'Down',
    ],
    ['one that once failed', { failures: { count: 1, lastReason: 'OOMKilled' } }, 'Updated'],
    [
      'one that did not come back from its change',
      {
        phase: 'Provisioning',
        conditions: [condition('Ready', 'False', 'Provisioning')],
        rollout: {
          downSince: '2026-01-01T00:00:00Z',
          deadline: '2026-01-01T00:00:00Z',
          failure: { at: '2026-01-01T00:00:00Z', reason: 'Provisioning' },
        },
      },
      'Failed',
    ],
    [
      'one that is stalled',
      { conditions: [condition('Stalled', 'True', 'InvalidSpec')] },
      'Failed',
    ],
    ['one that is degraded', { phase: 'Degraded' }, 'Failed'],
    [
      'one that is not accepted',
      { conditions: [condition('Accepted', 'False', 'MissingEnv')] },
      'Failed',
    ],
  ])('for %s', (_title, status, state) => {
    expect(stateOf(status)).toBe(state);
  });

  it('does not take an old status for a new spec', () => {
    expect(stateOf({}, { generation: 2 })).toBe('Outdated');
  });

  it('leaves out what is being deleted', () => {
    expect(stateOf({}, { deletionTimestamp: '2026-01-01T00:00:00Z' })).toBeUndefined();
  });

  it('counts one that nobody has looked at', () => {
    expect(computeRollout([untouchedWorkspace()], NOW)).toMatchObject([{ state: 'Down' }]);
  });
});

describe('renderRollout', () => {
  const ROLLOUT: Rollout = {
    kind: 'WorkspaceClass',
    namespace: '',
    name: 'local',
    uid: 'uid-local',
    maxUnavailable: 1,
    down: [],
  };
  const VIEW = { what: 'class local', flag: '--class local', now: NOW };
  const DONE = computeRollout([workspaceObject()], NOW);
  const FAILED = {
    namespace: 'default',
    name: 'ada',
    since: '2026-01-01T00:00:00Z',
    failure: { at: '2025-12-31T23:59:00Z', reason: 'CrashLoopBackOff', stops: true },
    takesPlace: true,
  };
  const GO_ON = 'to go on: treeline rollout resume --class local';

  it('is one sentence when all is done', () => {
    expect(renderRollout(ROLLOUT, DONE, VIEW)).toEqual([
      'class local: 1 workspace, 1 updated; at most 1 down at a time',
    ]);
  });

  it('lists what is not updated, the worst first, and why', () => {
    const entries = computeRollout(
      [
        workspaceObject({ name: 'ada' }),
        workspaceObject({ name: 'ben', status: { conditions: [READY, DRIFTED] } }),
        workspaceObject({
          name: 'cleo',
          namespace: 'team',
          status: {
            phase: 'Offline',
            conditions: [condition('Ready', 'False', 'CrashLoopBackOff', 'exited\nwith code 3')],
          },
        }),
      ],
      NOW,
    );

    expect(renderRollout(ROLLOUT, entries, VIEW)).toEqual([
      'class local: 3 workspaces, 1 updated, 1 outdated, 1 failed; at most 1 down at a time',
      'NAMESPACE   NAME   STATE      WHY',
      'team        cleo   Failed     CrashLoopBackOff: exited with code 3',
      'default     ben    Outdated   ConfigChanged: a restart is due',
    ]);
  });

  it.each<readonly [string, Partial<Rollout>, readonly string[]]>([
    [
      'who has paused it',
      { paused: { at: '2025-12-31T23:55:00Z', by: 'token:ops' } },
      ['paused by token:ops 5m ago', GO_ON],
    ],
    [
      'who has stopped it',
      { down: [FAILED] },
      ['stopped: default/ada did not come back (CrashLoopBackOff, 60s ago)', GO_ON],
    ],
    [
      'nothing of a failure that is accepted',
      { down: [{ ...FAILED, failure: { ...FAILED.failure, stops: false }, takesPlace: false }] },
      [],
    ],
  ])('says %s, and what to do', (_title, change, lines) => {
    expect(renderRollout({ ...ROLLOUT, ...change }, DONE, VIEW).slice(1)).toEqual(lines);
  });
});
