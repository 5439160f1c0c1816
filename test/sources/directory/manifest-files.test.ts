import { rename } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { ManifestFiles } from '../../../sources/directory/manifest-files.ts';
import { TemporaryFolder, workspaceYaml } from './temporary-folder.ts';

/** Long after every file was written, unless told otherwise. */
function manifestsOf(folder: TemporaryFolder, nowMs: () => number = () => 1e15): ManifestFiles {
  return new ManifestFiles({ folder: folder.path, nowMs, onFolder: () => undefined });
}

function declared(files: ManifestFiles): string[] {
  return [...files.files.values()]
    .flatMap(({ declarations }) => declarations.map(({ name }) => name))
    .sort();
}

describe('the manifests of a folder', () => {
  it('keep what a file declared that vanished for a moment and came back broken', async () => {
    await using folder = await TemporaryFolder.create();
    await folder.write('a.yaml', workspaceYaml('a'));
    const files = manifestsOf(folder);
    await files.rescan();

    await rename(folder.at('a.yaml'), folder.at('a.yaml~'));
    const isRescanNeeded = await files.reread(new Set(['a.yaml', 'a.yaml~']));
    expect({ isRescanNeeded, declared: declared(files) }).toEqual({
      isRescanNeeded: true,
      declared: [],
    });
    await files.rescan();
    await folder.write('a.yaml', 'kind: [');
    await files.reread(new Set(['a.yaml']));

    expect(declared(files)).toEqual(['a']);
  });

  it('stay the very same objects while nothing changes', async () => {
    await using folder = await TemporaryFolder.create();
    await folder.write('a.yaml', workspaceYaml('a'));
    const files = manifestsOf(folder);
    await files.rescan();
    const before = files.files.get('a.yaml');

    await files.rescan();

    expect(files.files.get('a.yaml')).toBe(before);
  });

  it('are read again while their last change is so recent that a further one may look the same', async () => {
    await using folder = await TemporaryFolder.create();
    await folder.write('a.yaml', workspaceYaml('a'));
    const justNow = manifestsOf(folder, () => Date.now());
    const later = manifestsOf(folder);

    await justNow.rescan();
    await later.rescan();

    expect(justNow.files.get('a.yaml')?.stamp).toBeUndefined();
    expect(later.files.get('a.yaml')?.stamp).toMatch(/\d/);
  });

  it('keep the same declarations when a recent file is read again and says the same', async () => {
    await using folder = await TemporaryFolder.create();
    await folder.write('a.yaml', workspaceYaml('a'));
    const files = manifestsOf(folder, () => Date.now());
    await files.rescan();
    const [before] = files.files.get('a.yaml')?.declarations ?? [];

    await files.rescan();

    expect(files.files.get('a.yaml')?.declarations[0]).toBe(before);
  });

  it.each([
    { what: 'a hidden file', path: '.a.yaml.swp', isRescanNeeded: false },
    { what: 'a file that is no manifest', path: 'notes.md', isRescanNeeded: false },
    { what: 'a manifest', path: 'b.yaml', isRescanNeeded: false },
    { what: 'a folder', path: 'sub', isRescanNeeded: true },
    { what: 'a hidden folder', path: '.git', isRescanNeeded: false },
    { what: 'something that came and went', path: '4913', isRescanNeeded: false },
  ])('answer to a hint at $what with rescan needed: $isRescanNeeded', async (given) => {
    await using folder = await TemporaryFolder.create();
    await folder.write('.a.yaml.swp', '');
    await folder.write('notes.md', '');
    await folder.write('b.yaml', workspaceYaml('b'));
    await folder.write('sub/c.yaml', workspaceYaml('c'));
    await folder.write('.git/HEAD', '');

    expect(await manifestsOf(folder).reread(new Set([given.path]))).toBe(given.isRescanNeeded);
  });

  it('ask for a rescan when hints are many, or the folder is gone', async () => {
    await using folder = await TemporaryFolder.create();
    const files = manifestsOf(folder);
    const many = Array.from({ length: 501 }, (_, index) => `${index}.yaml`);

    expect(await files.reread(new Set(many))).toBe(true);
    await folder.remove('');
    expect(await files.reread(new Set(['a.yaml']))).toBe(true);
  });
});
