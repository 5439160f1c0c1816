import { describe, expect, it } from '@jest/globals';
import { MAX_DEPTH } from '../../../api/workspace.ts';
import { lineageOf, type LineageNode } from '../../../controllers/workspace/lineage.ts';

const ROOT = node('root');
const SELF = node('self', 'root');

function node(uid: string, parent?: string, overrides: Partial<LineageNode> = {}): LineageNode {
  const place = parent === undefined ? {} : { parentName: parent, parentId: parent };
  return { uid, name: uid, ...place, isPaused: false, isDeleting: false, ...overrides };
}

/** From the parent of `self` upwards to the root. */
function ancestors(count: number): readonly LineageNode[] {
  return Array.from({ length: count }, (_, at) =>
    at === count - 1 ? node(`a${at}`) : node(`a${at}`, `a${at + 1}`),
  );
}

/** The walk around a cycle of these, up to where every walk ends. */
function around(...names: readonly string[]): readonly LineageNode[] {
  const nameAt = (at: number): string => names[at % names.length] ?? '';
  return Array.from({ length: MAX_DEPTH + 1 }, (_, at) => node(nameAt(at), nameAt(at + 1)));
}

describe('the effective state of a workspace', () => {
  it.each([
    ['is Running when nobody is paused', SELF, [ROOT], 'Running'],
    ['is Running for a root', ROOT, [], 'Running'],
    ['is Paused when it is paused itself', { ...SELF, isPaused: true }, [ROOT], 'Paused'],
    [
      'is Paused by itself also below a paused ancestor',
      { ...SELF, isPaused: true },
      [{ ...ROOT, isPaused: true }],
      'Paused',
    ],
    [
      'is AncestorPaused below a paused parent',
      SELF,
      [{ ...ROOT, isPaused: true }],
      'AncestorPaused',
    ],
    [
      'is AncestorPaused below a paused ancestor further up',
      node('self', 'parent'),
      [node('parent', 'root'), { ...ROOT, isPaused: true }],
      'AncestorPaused',
    ],
  ] as const)('%s', (_title, self, above, effectiveState) => {
    expect(lineageOf(self, above).effectiveState).toBe(effectiveState);
  });

  it('is Running for what no ancestor in sight pauses, however deep it stands', () => {
    expect(lineageOf(node('self', 'a0'), ancestors(MAX_DEPTH + 1))).toMatchObject({
      effectiveState: 'Running',
      depth: MAX_DEPTH + 1,
    });
  });
});

describe('the place of a workspace in its tree', () => {
  it.each([
    ['a root', ROOT, [], 0],
    ['a child', SELF, [ROOT], 1],
    ['the deepest that is allowed', node('self', 'a0'), ancestors(MAX_DEPTH), MAX_DEPTH],
  ] as const)('is accepted for %s', (_title, self, above, depth) => {
    expect(lineageOf(self, above)).toEqual({ depth, effectiveState: 'Running' });
  });

  it.each([
    ['a parent that does not exist', { ...SELF, parentName: 'bob' }, [], 'ParentNotFound', '"bob"'],
    ['itself as parent', node('self', 'self'), [node('self', 'self')], 'ParentCycle', 'its own'],
    [
      'a parent that is being deleted',
      SELF,
      [{ ...ROOT, isDeleting: true }],
      'ParentTerminating',
      '"root"',
    ],
    [
      'a place one level too deep',
      node('self', 'a0'),
      ancestors(MAX_DEPTH + 1),
      'DepthExceeded',
      '16',
    ],
    [
      'a cycle that it is part of',
      node('self', 'b'),
      around('b', 'self'),
      'ParentCycle',
      'self → b → self',
    ],
    ['a cycle further up', node('self', 'b'), around('b', 'c'), 'ParentCycle', 'b → c → b'],
  ] as const)('is refused for %s', (...[, self, above, reason, word]) => {
    const { problem } = lineageOf(self, above);

    expect(problem).toMatchObject({ reason });
    expect(problem?.message).toContain(word);
  });

  it('names a long cycle by its first five and its last', () => {
    const above = around('b', 'c', 'd', 'e', 'f', 'g', 'self');

    expect(lineageOf(node('self', 'b'), above).problem?.message).toContain(
      'self → b → c → d → e → … → self',
    );
  });
});
