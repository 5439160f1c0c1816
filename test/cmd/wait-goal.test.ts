import { describe, expect, it } from '@jest/globals';
import { computeStanding, describeStanding } from '../../cmd/verbs/wait-goal.ts';
import { condition, untouchedWorkspace, workspaceObject } from './workspaces.ts';

const online = workspaceObject();
const paused = workspaceObject({
  status: { phase: 'Paused', conditions: [condition('Ready', 'True', 'AncestorPaused')] },
});
const hibernated = workspaceObject({
  status: { phase: 'Hibernated', conditions: [condition('Ready', 'True', 'Hibernated')] },
});
const starting = workspaceObject({
  status: { conditions: [condition('Ready', 'False', 'Provisioning')] },
});
const edited = workspaceObject({ metadata: { generation: 2 } });
const deleted = workspaceObject({ metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } });

describe('computeStanding', () => {
  it.each([
    ['ready', 'an online one', online, true],
    ['ready', 'one that is paused as wanted', paused, true],
    ['ready', 'one that starts', starting, false],
    ['ready', 'one whose new spec nobody has seen', edited, false],
    ['ready', 'one that is being deleted', deleted, false],
    ['ready', 'one that nobody has looked at', untouchedWorkspace(), false],
    ['ready', 'one that is gone', undefined, false],
    ['paused', 'one that is paused', paused, true],
    ['paused', 'an online one', online, false],
    ['online', 'an online one', online, true],
    ['online', 'one that is hibernated', hibernated, false],
    ['online', 'one that is paused', paused, false],
    ['hibernated', 'one that is hibernated', hibernated, true],
    ['hibernated', 'an online one', online, false],
    ['ready', 'one that is hibernated', hibernated, true],
    ['deleted', 'one that is being deleted', deleted, false],
    ['deleted', 'one that is gone', undefined, true],
  ] as const)('for %s: %s', (goal, _title, workspace, isReached) => {
    const known = new Map(workspace === undefined ? [] : [['default/ada', workspace]]);

    expect(computeStanding(goal, ['default/ada'], known).pending).toHaveLength(isReached ? 0 : 1);
  });
});

describe('describeStanding', () => {
  it('counts, and says what the others are doing', () => {
    const known = new Map([
      ['default/ada', online],
      ['default/ben', starting],
      ['team/cleo', deleted],
    ]);

    const standing = computeStanding('ready', [...known.keys()], known);

    expect(describeStanding('ready', standing)).toBe(
      '1/3 ready, waiting for ben (Provisioning), team/cleo (Terminating)',
    );
  });
});
