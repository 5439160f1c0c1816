import { describe, expect, it } from '@jest/globals';
import pc from 'picocolors';
import type { Style } from '../../../cmd/output/style.ts';
import { renderTree } from '../../../cmd/output/tree-lines.ts';
import { condition, untouchedWorkspace, workspaceObject } from '../workspaces.ts';

const style: Style = {
  colors: pc.createColors(false),
  unicode: true,
  isTerminal: false,
  width: undefined,
};

const below = (parent: string) => ({ parentRef: { name: parent } });

const TEAM = [
  workspaceObject({ name: 'director', status: { children: { total: 2, ready: 1 } } }),
  workspaceObject({
    name: 'research',
    spec: { ...below('director'), collapsed: true },
    status: { children: { total: 1, ready: 1 } },
  }),
  workspaceObject({ name: 'interviews', spec: below('research') }),
  workspaceObject({
    name: 'writing',
    spec: below('director'),
    status: { phase: 'Failed', conditions: [condition('Ready', 'False', 'CrashLoopBackOff')] },
  }),
];

describe('renderTree', () => {
  it('draws lines of descent, marks, phases and reasons', () => {
    const lines = renderTree(TEAM, { style, unfold: false, withNamespace: false });

    expect(lines).toEqual([
      'director                    ● Online',
      '├── ▸ research (1 folded)   ● Online',
      '└── writing                 ✗ Failed   CrashLoopBackOff',
    ]);
  });

  it('shows that an unfolded node is a folded one', () => {
    const lines = renderTree(TEAM, { style, unfold: true, withNamespace: false });

    expect(lines).toEqual([
      'director             ● Online',
      '├── ▾ research       ● Online',
      '│   └── interviews   ● Online',
      '└── writing          ✗ Failed   CrashLoopBackOff',
    ]);
  });

  it('keeps to ASCII where the terminal knows nothing else', () => {
    const lines = renderTree(TEAM, {
      style: { ...style, unicode: false },
      unfold: false,
      withNamespace: false,
    });

    expect(lines).toEqual([
      'director                    * Online',
      '|-- > research (1 folded)   * Online',
      '`-- writing                 x Failed   CrashLoopBackOff',
    ]);
  });

  it('names the namespace of every root, and keeps namespaces apart', () => {
    const lines = renderTree(
      [
        workspaceObject({ name: 'a', namespace: 'one' }),
        workspaceObject({ name: 'a', namespace: 'two' }),
        workspaceObject({ name: 'b', namespace: 'two', spec: below('a') }),
      ],
      { style, unfold: false, withNamespace: true },
    );

    expect(lines).toEqual(['one/a   ● Online', 'two/a   ● Online', '└── b   ● Online']);
  });

  it('says what is wrong with those that hang nowhere', () => {
    const lines = renderTree(
      [
        untouchedWorkspace({ name: 'orphan', spec: below('nobody') }),
        untouchedWorkspace({ name: 'x', spec: below('y') }),
        untouchedWorkspace({ name: 'y', spec: below('x') }),
      ],
      { style, unfold: false, withNamespace: false },
    );

    expect(lines).toEqual([
      'orphan   ◌ Pending   parent nobody does not exist',
      'x        ◌ Pending   its parents form a circle (parent y)',
      '└── y    ◌ Pending',
    ]);
  });

  it('shows at once that a deleted one is going', () => {
    const lines = renderTree(
      [workspaceObject({ metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } })],
      { style, unfold: false, withNamespace: false },
    );

    expect(lines).toEqual(['ada   ◌ Terminating']);
  });
});
