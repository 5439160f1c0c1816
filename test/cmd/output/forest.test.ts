import { describe, expect, it } from '@jest/globals';
import { drawForest, type Branch, type Place } from '../../../cmd/output/forest.ts';

const place = (key: string, parent?: string, isFolded = false): Place => ({
  key,
  parent,
  isFolded,
});

/** `  key` per level, with what is odd or folded behind it. */
const sketch = (branches: readonly Branch<Place>[]): string[] =>
  branches.map(({ node, depth, folded, oddity }) =>
    [`${'  '.repeat(depth)}${node.key}`, ...(folded ? [`+${folded}`] : []), oddity ?? []]
      .flat()
      .join(' '),
  );

describe('drawForest', () => {
  it('draws children below their parents, in the order given', () => {
    const branches = drawForest(
      [place('b', 'a'), place('a'), place('c', 'a'), place('d', 'b'), place('e')],
      { unfold: false },
    );

    expect(sketch(branches)).toEqual(['a', '  b', '    d', '  c', 'e']);
  });

  it('counts what a folded node hides, at any depth', () => {
    const nodes = [place('a', undefined, true), place('b', 'a'), place('c', 'b'), place('d', 'a')];

    expect(sketch(drawForest(nodes, { unfold: false }))).toEqual(['a +3']);
    expect(sketch(drawForest(nodes, { unfold: true }))).toEqual(['a', '  b', '    c', '  d']);
  });

  it('draws a child whose parent does not exist behind the roots', () => {
    const branches = drawForest([place('lost', 'gone'), place('below', 'lost'), place('root')], {
      unfold: false,
    });

    expect(sketch(branches)).toEqual(['root', 'lost orphan', '  below']);
  });

  it('draws every node of a circle of parents once', () => {
    const branches = drawForest(
      [place('root'), place('a', 'c'), place('b', 'a'), place('c', 'b'), place('tail', 'b')],
      { unfold: false },
    );

    expect(sketch(branches)).toEqual(['root', 'a cycle', '  b', '    c', '    tail']);
  });

  it('draws one that is its own parent', () => {
    expect(sketch(drawForest([place('self', 'self')], { unfold: false }))).toEqual(['self cycle']);
  });

  it('draws only what is below the roots that are asked for', () => {
    const branches = drawForest([place('a'), place('b', 'a'), place('c', 'b'), place('d')], {
      unfold: false,
      roots: ['b'],
    });

    expect(sketch(branches)).toEqual(['b', '  c']);
  });

  it('says for every level whether a sibling follows', () => {
    const branches = drawForest(
      [place('a'), place('b', 'a'), place('c', 'b'), place('d', 'c'), place('e', 'a')],
      { unfold: false },
    );

    expect(branches.map(({ node, openLevels, isLast }) => [node.key, openLevels, isLast])).toEqual([
      ['a', [], true],
      ['b', [], false],
      ['c', [true], true],
      ['d', [true, false], true],
      ['e', [], true],
    ]);
  });

  it('draws a chain of 5,000 without an indentation that grows for ever', () => {
    const chain = Array.from({ length: 5000 }, (_, index) =>
      place(`n${index}`, index === 0 ? undefined : `n${index - 1}`),
    );

    const branches = drawForest(chain, { unfold: false });

    expect(branches).toHaveLength(5000);
    expect(Math.max(...branches.map(({ openLevels }) => openLevels.length))).toBeLessThan(64);
  });
});
