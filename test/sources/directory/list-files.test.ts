import { execFile } from 'node:child_process';
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { listFiles } from '../../../sources/directory/list-files.ts';
import type { Listing } from '../../../sources/directory/listing.ts';
import { isHidden, isManifestName } from '../../../sources/directory/paths.ts';
import { TemporaryFolder } from './temporary-folder.ts';

async function list(
  folder: TemporaryFolder,
): Promise<Listing & { paths: string[]; entered: string[] }> {
  const entered: string[] = [];
  const listing = await listFiles('', {
    root: folder.path,
    isSkipped: isHidden,
    isAccepted: isManifestName,
    onFolder: ({ path }) => entered.push(path),
  });
  return { ...listing, paths: listing.files.map(({ path }) => path).sort(), entered };
}

describe('listing the manifests of a folder', () => {
  it('finds YAML and JSON in every folder, and nothing else', async () => {
    await using folder = await TemporaryFolder.create();
    await folder.write('a.yaml', '');
    await folder.write('deep/er/b.yml', '');
    await folder.write('c.json', '');
    await folder.write('README.md', '');
    await folder.write('.hidden.yaml', '');
    await folder.write('.git/config.yaml', '');
    await folder.write('node_modules/x/d.yaml', '');

    const { paths, gitEntries, entered } = await list(folder);

    expect(paths).toEqual(['a.yaml', 'c.json', 'deep/er/b.yml']);
    expect(gitEntries).toEqual([folder.at('.git')]);
    expect(entered).toEqual(['', 'deep', 'deep/er']);
  });

  it('refuses links that leave the folder', async () => {
    await using folder = await TemporaryFolder.create();
    await mkdir(folder.beside('outside'));
    await writeFile(folder.beside('outside/secret.yaml'), '');
    await symlink(folder.beside('outside/secret.yaml'), folder.at('file.yaml'));
    await symlink('../outside', folder.at('sub'));
    await symlink('../outside/secret.yaml', folder.at('not-a-manifest.txt'));

    const { paths, obstacles } = await list(folder);

    expect(paths).toEqual([]);
    expect(obstacles).toEqual([
      { path: 'file.yaml', problem: 'link leaves the folder, refused' },
      { path: 'sub', problem: 'link leaves the folder, refused' },
    ]);
  });

  it('follows links inside the folder, each file once, under the name without a link', async () => {
    await using folder = await TemporaryFolder.create();
    await folder.write('team/a.yaml', '');
    await symlink('team', folder.at('alias'));
    await symlink('team/a.yaml', folder.at('0-alias.yaml'));

    expect(await list(folder)).toMatchObject({ paths: ['team/a.yaml'], obstacles: [] });
  });

  it('ends when links lead in a circle', async () => {
    await using folder = await TemporaryFolder.create();
    await folder.write('team/a.yaml', '');
    await symlink('..', folder.at('team/up'));
    await symlink('loop', folder.at('loop'));

    const { paths, obstacles } = await list(folder);

    expect(paths).toEqual(['team/a.yaml']);
    expect(obstacles).toEqual([{ path: 'loop', problem: 'link cannot be followed: ELOOP' }]);
  });

  it('reads a mounted ConfigMap, whose files are links through a hidden link', async () => {
    await using folder = await TemporaryFolder.create();
    await folder.write('..2026_1/a.yaml', '1');
    await folder.write('..2026_2/a.yaml', '2');
    await symlink('..2026_1', folder.at('..data'));
    await symlink('..data/a.yaml', folder.at('a.yaml'));
    const before = await list(folder);

    await symlink('..2026_2', folder.at('..data_tmp'));
    await rename(folder.at('..data_tmp'), folder.at('..data'));
    const after = await list(folder);

    expect([before.paths, after.paths]).toEqual([['a.yaml'], ['a.yaml']]);
    expect(after.files[0]?.stamp).not.toBe(before.files[0]?.stamp);
  });

  it('refuses what is no file, without waiting for it', async () => {
    await using folder = await TemporaryFolder.create();
    await promisify(execFile)('mkfifo', [folder.at('pipe.yaml')]);

    expect((await list(folder)).obstacles).toEqual([
      { path: 'pipe.yaml', problem: 'not a regular file' },
    ]);
  });

  it('names the link that leads nowhere', async () => {
    await using folder = await TemporaryFolder.create();
    await symlink('gone.yaml', folder.at('a.yaml'));

    expect((await list(folder)).obstacles).toEqual([
      { path: 'a.yaml', problem: 'link cannot be followed: ENOENT' },
    ]);
  });
});
