import { describe, expect, it } from '@jest/globals';
import { findKind, getKind, parseTarget, parseTargets, parseWorkspace } from '../../cmd/kinds.ts';

describe('findKind', () => {
  it.each([
    ['wsp', 'Workspace'],
    ['workspaces', 'Workspace'],
    ['Workspace', 'Workspace'],
    ['WSPC', 'WorkspaceClass'],
    ['orgs', 'Org'],
    ['wspt', 'WorkspaceTemplate'],
  ])('knows %s', (word, kind) => {
    expect(findKind(word)?.kind).toBe(kind);
  });

  it('says what there is when there is no such kind', () => {
    expect(() => getKind('pods')).toThrow('there is no kind "pods": use one of workspaces (wsp)');
  });
});

describe('parseTargets', () => {
  const sketch = (words: readonly string[]): string[] =>
    parseTargets(words).map(({ kind, name }) => `${kind.shortName}/${name}`);

  it.each([
    [['ada'], ['wsp/ada']],
    [
      ['ada', 'ben'],
      ['wsp/ada', 'wsp/ben'],
    ],
    [['wspc/local'], ['wspc/local']],
    [
      ['wspc', 'local', 'other'],
      ['wspc/local', 'wspc/other'],
    ],
    [
      ['wsp/ada', 'wspc/local'],
      ['wsp/ada', 'wspc/local'],
    ],
    // A workspace may be named like a kind.
    [['org'], ['wsp/org']],
  ])('reads %j as %j', (words, expected) => {
    expect(sketch(words)).toEqual(expected);
  });

  it.each([['wsp/'], ['wsp/a/b'], ['pod/a']])('refuses %s', (word) => {
    expect(() => parseTarget(word)).toThrow(/is no KIND\/NAME|there is no kind/);
  });

  it('refuses what is no workspace where only workspaces make sense', () => {
    expect(() => parseWorkspace('wspc/local')).toThrow('wspc/local is no workspace');
  });
});
