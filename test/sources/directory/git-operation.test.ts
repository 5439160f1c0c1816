import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { findCheckout, findGitOperation } from '../../../sources/directory/git-operation.ts';
import { TemporaryFolder } from './temporary-folder.ts';

/** Runs git in a folder, with an author of the test's own. */
async function git(folder: string, ...words: readonly string[]): Promise<void> {
  const author = ['-c', 'user.name=t', '-c', 'user.email=t@localhost', '-c', 'core.hooksPath='];
  await promisify(execFile)('git', ['-C', folder, ...author, ...words]);
}

async function createCheckout(folder: TemporaryFolder): Promise<string> {
  await git(folder.path, 'init', '-q', '-b', 'main');
  await folder.write('a.yaml', 'one\n');
  await git(folder.path, 'add', '.');
  await git(folder.path, 'commit', '-q', '-m', 'one');
  return folder.path;
}

/** As the source asks: from its folder up to the checkout. */
async function findOperation(folder: string): Promise<string | undefined> {
  const checkout = await findCheckout(folder);
  return findGitOperation(checkout === undefined ? [] : [checkout]);
}

describe('a Git operation under way', () => {
  it('is none in a folder that is no checkout, and none in a clean one', async () => {
    await using folder = await TemporaryFolder.create();

    expect(await findOperation(folder.path)).toBeUndefined();
    expect(await findOperation(await createCheckout(folder))).toBeUndefined();
  });

  it.each([['index.lock'], ['HEAD.lock'], ['MERGE_HEAD'], ['rebase-merge'], ['rebase-apply']])(
    'is seen by %s',
    async (mark) => {
      await using folder = await TemporaryFolder.create();
      await createCheckout(folder);
      await writeFile(folder.at(`.git/${mark}`), '');

      expect(await findOperation(folder.path)).toBe(mark);
    },
  );

  it('is seen from a subfolder of the checkout', async () => {
    await using folder = await TemporaryFolder.create();
    await createCheckout(folder);
    await mkdir(folder.at('deep/er'), { recursive: true });
    await writeFile(folder.at('.git/index.lock'), '');

    expect(await findOperation(folder.at('deep/er'))).toBe('index.lock');
  });

  it('is seen in a worktree, whose Git folder is elsewhere', async () => {
    await using folder = await TemporaryFolder.create();
    await createCheckout(folder);
    const worktree = folder.beside('worktree');
    await git(folder.path, 'worktree', 'add', '-q', worktree, '-b', 'other');
    expect(await findOperation(worktree)).toBeUndefined();

    await writeFile(folder.at('.git/worktrees/worktree/index.lock'), '');

    expect(await findOperation(worktree)).toBe('index.lock');
    expect(await findOperation(folder.path)).toBeUndefined();
  });

  it('is a merge that stopped at a conflict, until it is given up', async () => {
    await using folder = await TemporaryFolder.create();
    await createCheckout(folder);
    await git(folder.path, 'checkout', '-q', '-b', 'other');
    await folder.write('a.yaml', 'two\n');
    await git(folder.path, 'commit', '-q', '-am', 'two');
    await git(folder.path, 'checkout', '-q', 'main');
    await folder.write('a.yaml', 'three\n');
    await git(folder.path, 'commit', '-q', '-am', 'three');

    await expect(git(folder.path, 'merge', 'other')).rejects.toThrow();
    expect(await findOperation(folder.path)).toBe('MERGE_HEAD');

    await git(folder.path, 'merge', '--abort');
    expect(await findOperation(folder.path)).toBeUndefined();
  });

  it('ignores a .git that vanished or points nowhere', async () => {
    await using folder = await TemporaryFolder.create();
    await folder.write('.git', 'gitdir: ../gone\n');

    expect(await findGitOperation([join(folder.path, '.git'), '/nowhere/.git'])).toBeUndefined();
  });
});
