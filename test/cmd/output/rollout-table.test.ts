import { describe, expect, it } from '@jest/globals';
import { computeRollout, renderRollout } from '../../../cmd/output/rollout-table.ts';
import { condition, untouchedWorkspace, workspaceObject } from '../workspaces.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
type Status = NonNullable<NonNullable<Parameters<typeof workspaceObject>[0]>['status']>;

const RESOLVED = { runtime: 'sample', tier: 2, class: 'local', configRevision: 'r' };
const READY = condition('Ready', 'True', 'Online');
const DRIFTED = condition('Drifted', 'True', 'ConfigChanged', 'a restart is due');

function stateOf(status: Status, metadata: object = {}) {
  const workspace = workspaceObject({ status: { resolved: RESOLVED, ...status }, metadata });
  return computeRollout([workspace], 'local', NOW)[0]?.state;
}

describe('computeRollout', () => {
  it.each<readonly [string, Status, string]>([
    ['one that is as it should be', {}, 'Ready'],
    [
      'one that is paused',
      { phase: 'Paused', conditions: [condition('Ready', 'True', 'Paused')] },
      'Ready',
    ],
    [
      'one whose turn has not come',
      { conditions: [condition('Ready', 'False', 'Provisioning'), DRIFTED] },
      'Waiting',
    ],
    ['one that its class replaces by hand', { conditions: [READY, DRIFTED] }, 'Waiting'],
    [
      'one that is restarted',
      { phase: 'Provisioning', conditions: [condition('Ready', 'False', 'Provisioning')] },
      'Changing',
    ],
    [
      'one that crashes',
      { phase: 'Offline', conditions: [condition('Ready', 'False', 'CrashLoopBackOff')] },
      'Failed',
    ],
    [
      'one that is tried again',
      {
        phase: 'Provisioning',
        conditions: [condition('Ready', 'False', 'Provisioning')],
        failures: { count: 2, lastReason: 'ProvisionTimeout' },
      },
      'Failed',
    ],
    ['one that once failed', { failures: { count: 1, lastReason: 'OOMKilled' } }, 'Ready'],
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
    expect(stateOf({}, { generation: 2 })).toBe('Waiting');
  });

  it('leaves out what is being deleted, and other classes', () => {
    expect(stateOf({}, { deletionTimestamp: '2026-01-01T00:00:00Z' })).toBeUndefined();
    expect(stateOf({ resolved: { ...RESOLVED, class: 'other' } })).toBeUndefined();
  });

  it('counts one that nobody has looked at when it names the class', () => {
    const untouched = untouchedWorkspace({ spec: { className: 'local' } });

    expect(computeRollout([untouched], 'local', NOW)).toMatchObject([{ state: 'Changing' }]);
  });
});

describe('renderRollout', () => {
  it('is one sentence when all is done', () => {
    const entries = computeRollout(
      [workspaceObject({ spec: { className: 'local' } })],
      'local',
      NOW,
    );

    expect(renderRollout('local', entries)).toEqual(['class local: 1 workspace, 1 ready']);
  });

  it('lists what is not ready, the worst first, and why', () => {
    const entries = computeRollout(
      [
        workspaceObject({ name: 'ada', status: { resolved: RESOLVED } }),
        workspaceObject({
          name: 'ben',
          status: { resolved: RESOLVED, conditions: [READY, DRIFTED] },
        }),
        workspaceObject({
          name: 'cleo',
          namespace: 'team',
          status: {
            phase: 'Offline',
            resolved: RESOLVED,
            conditions: [condition('Ready', 'False', 'CrashLoopBackOff', 'exited\nwith code 3')],
          },
        }),
      ],
      'local',
      NOW,
    );

    expect(renderRollout('local', entries)).toEqual([
      'class local: 3 workspaces, 1 ready, 1 waiting for its turn, 1 failed',
      'NAMESPACE   NAME   STATE     WHY',
      'team        cleo   Failed    CrashLoopBackOff: exited with code 3',
      'default     ben    Waiting   ConfigChanged: a restart is due',
    ]);
  });
});
