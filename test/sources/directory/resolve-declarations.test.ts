import { describe, expect, it } from '@jest/globals';
import type { ManifestFile } from '../../../sources/directory/manifest-file.ts';
import { fileOf, resolveDeclarations } from '../../../sources/directory/resolve-declarations.ts';
import { keyOf, manifestFile, unknownFile } from './builders.ts';

function resolve(files: readonly ManifestFile[], holders: Readonly<Record<string, string>> = {}) {
  const byKey = new Map(Object.entries(holders).map(([name, path]) => [keyOf(name), path]));
  const { declared, ...rest } = resolveDeclarations(files, byKey);
  const origins = [...declared].map(([key, { origin }]) => [key, origin] as const);
  return { ...rest, origins: Object.fromEntries(origins) };
}

describe('resolving what all files declare', () => {
  it('takes every object of every file', () => {
    const { origins, problems } = resolve([
      manifestFile('a.yaml', ['ada', 'bob']),
      manifestFile('b.yaml', ['cleo']),
    ]);

    expect(origins).toEqual({
      [keyOf('ada')]: 'a.yaml:1',
      [keyOf('bob')]: 'a.yaml:2',
      [keyOf('cleo')]: 'b.yaml:1',
    });
    expect(problems).toEqual([]);
  });

  it.each([
    { order: 'first by name', files: ['a.yaml', 'b.yaml'] },
    { order: 'last by name', files: ['b.yaml', 'a.yaml'] },
  ])('refuses the newcomer of two files, read $order', ({ files }) => {
    const { origins, problems } = resolve(
      files.map((path) => manifestFile(path, ['ada'])),
      { ada: 'b.yaml' },
    );

    expect(origins).toEqual({ [keyOf('ada')]: 'b.yaml:1' });
    expect(problems).toEqual([
      'a.yaml:1: NameConflict: Workspace default/ada was declared at b.yaml:1 first; this one is refused until that one is gone',
    ]);
  });

  it('refuses both when nobody had it first, and counts it as mentioned', () => {
    const { origins, problems, mentioned } = resolve([
      manifestFile('b.yaml', ['ada']),
      manifestFile('a.yaml', ['ada']),
    ]);

    expect(origins).toEqual({});
    expect(mentioned).toEqual(new Set([keyOf('ada')]));
    expect(problems).toEqual([
      'a.yaml:1: NameConflict: Workspace default/ada is also declared at b.yaml:1; neither counts until one is left',
      'b.yaml:1: NameConflict: Workspace default/ada is also declared at a.yaml:1; neither counts until one is left',
    ]);
  });

  it('lets an object move to another file', () => {
    const { origins, holders, problems } = resolve([manifestFile('b.yaml', ['ada'])], {
      ada: 'a.yaml',
    });

    expect(origins).toEqual({ [keyOf('ada')]: 'b.yaml:1' });
    expect(holders).toEqual(new Map([[keyOf('ada'), 'b.yaml']]));
    expect(problems).toEqual([]);
  });

  it('goes on with what a broken file declared last', () => {
    const { origins, brokenFile, problems } = resolve([
      manifestFile('a.yaml', ['ada'], { problems: ['a.yaml:3:1: bad'] }),
    ]);

    expect(origins).toEqual({ [keyOf('ada')]: 'a.yaml:1' });
    expect(brokenFile).toBe('a.yaml');
    expect(problems).toEqual(['a.yaml:3:1: bad']);
  });

  it('keeps the name for the file that had it, also while that file was never readable since the start', () => {
    const { origins, holders, problems } = resolve(
      [unknownFile('a.yaml'), manifestFile('b.yaml', ['ada'])],
      { ada: 'a.yaml' },
    );

    expect(origins).toEqual({});
    expect(holders).toEqual(new Map([[keyOf('ada'), 'a.yaml']]));
    expect(problems).toContain(
      'b.yaml:1: NameConflict: Workspace default/ada was declared at a.yaml first; this one is refused until that one is gone',
    );
  });

  it('takes YAML below a content folder for content, broken or not', () => {
    const { origins, problems, brokenFile } = resolve([
      manifestFile('team.yaml', ['ada'], { contentFolders: ['prompts'] }),
      manifestFile('prompts/example.yaml', ['not-declared']),
      manifestFile('prompts/deep/broken.yaml', [], { problems: ['bad'] }),
      manifestFile('prompts-of-others.yaml', ['bob']),
    ]);

    expect(Object.keys(origins)).toEqual([keyOf('ada'), keyOf('bob')]);
    expect(problems).toEqual([]);
    expect(brokenFile).toBeUndefined();
  });

  it.each([['forwards'], ['backwards']])(
    'gives one answer when two manifests name the folders of each other, read %s',
    (direction) => {
      const files = [
        manifestFile('a/m.yaml', ['ada'], { contentFolders: ['b'] }),
        manifestFile('b/m.yaml', ['bob'], { contentFolders: ['a'] }),
      ];

      const { origins } = resolve(direction === 'forwards' ? files : files.toReversed());

      expect(Object.keys(origins)).toEqual([keyOf('ada')]);
    },
  );
});

describe('the file of an origin', () => {
  it.each([
    ['team.yaml:12', 'team.yaml'],
    ['a/b/team.yaml:12:3', 'a/b/team.yaml'],
    ['odd:1.yaml:7', 'odd:1.yaml'],
    ['team.yaml', 'team.yaml'],
  ])('of %s is %s', (origin, file) => {
    expect(fileOf(origin)).toBe(file);
  });
});
