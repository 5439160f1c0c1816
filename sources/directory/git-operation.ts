import { lstat, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { codeOf } from './paths.ts';

/**
 * What Git leaves in its folder while it changes the checkout, or while a person has still to finish something.
 * (gitrepository-layout and the documentation of merge, rebase, cherry-pick, revert and bisect.)
 */
const MARKS = [
  'index.lock',
  'HEAD.lock',
  'MERGE_HEAD',
  'rebase-merge',
  'rebase-apply',
  'CHERRY_PICK_HEAD',
  'REVERT_HEAD',
  'BISECT_START',
];

/** `gitdir: PATH`: where a worktree or a submodule has its Git folder. */
const GIT_FILE = /^gitdir: (.+?)\s*$/m;

/**
 * The mark of a Git operation under way, e.g. `index.lock`, in any of the `.git` entries; undefined when there is none.
 * An entry that vanished is no operation; one that cannot be read counts as an operation, since nobody knows.
 */
export async function findGitOperation(entries: readonly string[]): Promise<string | undefined> {
  for (const entry of entries) {
    try {
      const mark = await findMark(await toGitFolder(entry));
      if (mark !== undefined) {
        return mark;
      }
    } catch (error) {
      if (!isAbsent(error)) {
        return `unreadable ${entry}`;
      }
    }
  }
  return undefined;
}

/** The `.git` of the checkout that `folder` is a part of: in it, or in the nearest folder above. */
export async function findCheckout(folder: string): Promise<string | undefined> {
  const entry = join(folder, '.git');
  // Not known is not "no": `findGitOperation` then says that it cannot be read.
  if (await exists(entry).catch(() => true)) {
    return entry;
  }
  const above = dirname(folder);
  return above === folder ? undefined : findCheckout(above);
}

async function findMark(gitFolder: string): Promise<string | undefined> {
  for (const mark of MARKS) {
    if (await exists(join(gitFolder, mark))) {
      return mark;
    }
  }
  return undefined;
}

async function toGitFolder(entry: string): Promise<string> {
  if ((await lstat(entry)).isDirectory()) {
    return entry;
  }
  const [, path] = GIT_FILE.exec(await readFile(entry, 'utf8')) ?? [];
  return path === undefined ? entry : resolve(dirname(entry), path);
}

/** Throws what is neither "there" nor "not there". */
async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isAbsent(error)) {
      return false;
    }
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
}
