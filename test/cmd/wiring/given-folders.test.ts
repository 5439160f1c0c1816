import { expect, it } from '@jest/globals';
import { join } from 'node:path';
import { refuseMissingFolders } from '../../../cmd/wiring/given-folders.ts';
import { EXIT } from '../../../cmd/exit-codes.ts';
import { TemporaryFolder } from '../../sources/directory/temporary-folder.ts';

it('refuses folders that were given and are not there, all of them', async () => {
  await using folder = await TemporaryFolder.create();
  await folder.write('a-file', '');
  const directory = join(folder.path, 'nope');
  const secrets = join(folder.path, 'a-file');

  await expect(
    refuseMissingFolders({ dataDir: folder.path, directory, secrets }),
  ).rejects.toMatchObject({
    exitCode: EXIT.usage,
    message: [
      `--directory ${directory}: the folder cannot be read: ENOENT: make it, or correct the path`,
      `--secrets ${secrets}: it is no folder: name the one that is meant`,
    ].join('\n'),
  });
});

it('lets the default folder of secrets be missing, and those be that are there', async () => {
  await using folder = await TemporaryFolder.create();
  const secrets = join(folder.path, 'secrets');

  await expect(
    refuseMissingFolders({ dataDir: folder.path, directory: folder.path, secrets }),
  ).resolves.toBeUndefined();
});
