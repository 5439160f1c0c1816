import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import { errorCode } from '../../lib/error-code.ts';
import { TerminalError } from '../../lib/errors.ts';
import type { Bundle } from '../backend.ts';
import { unless } from './errors.ts';
import { RUN_FILE, type Layout } from './layout.ts';
import { CALL_LIFETIME_SECONDS } from './limits.ts';
import type { RunRecord } from './records.ts';

/** A folder with a name of its own that nobody looks at yet. */
export async function createDraft(layout: Layout, name: string): Promise<string> {
  const path = join(layout.drafts, name);
  await mkdir(path, { recursive: true, mode: 0o700 });
  return path;
}

/**
 * Gives a complete folder its name. False when the name is taken: rename(2) replaces no folder that has something in it,
 * so of any number of callers exactly one wins, and its folder is complete.
 */
export async function publishDraft(draft: string, path: string): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await rename(draft, path);
    return true;
  } catch (error) {
    if (['EEXIST', 'ENOTEMPTY'].includes(errorCode(error) ?? '')) {
      return false;
    }
    throw error;
  }
}

/** Takes a folder or file out of sight in one step, then removes it; nothing there is success. */
export async function removeFolder(layout: Layout, path: string, name: string): Promise<void> {
  const draft = join(layout.drafts, name);
  // Not the folders above it: a data folder that was removed meanwhile must not come back.
  await unless(['EEXIST'], () => mkdir(layout.drafts, { mode: 0o700 }), undefined);
  await unless(['ENOENT'], () => rename(path, draft), undefined);
  await rm(draft, { recursive: true, force: true });
}

/** Removes drafts of processes that died while they made them. */
export async function removeOldDrafts(layout: Layout, now: Date): Promise<void> {
  const madeBefore = now.getTime() - CALL_LIFETIME_SECONDS * 1000;
  for (const name of await unless(['ENOENT'], () => readdir(layout.drafts), [])) {
    const path = join(layout.drafts, name);
    const draft = await unless(['ENOENT'], () => stat(path), undefined);
    if (draft !== undefined && draft.mtimeMs < madeBefore) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

/** Fills the folder of a run: everything the supervisor needs, the bundle's files included. */
export async function writeRun(
  folder: string,
  {
    record,
    env,
    files,
  }: { record: RunRecord; env: Record<string, string>; files: Bundle['files'] },
): Promise<void> {
  const filesFolder = join(folder, RUN_FILE.files);
  await mkdir(filesFolder, { recursive: true, mode: 0o700 });
  for (const [path, content] of Object.entries(files)) {
    await writeBundleFile(filesFolder, path, content);
  }
  await writeFile(join(folder, RUN_FILE.env), JSON.stringify(env), { mode: 0o600 });
  await writeFile(join(folder, RUN_FILE.record), JSON.stringify(record), {
    mode: 0o600,
    flush: true,
  });
}

/** Throws `TerminalError` InvalidSpec naming the first path that is absolute, empty, or leaves the folder. */
export function checkPaths(files: Bundle['files']): void {
  for (const path of Object.keys(files)) {
    const parts = path.split('/');
    const isPlain = parts.every((part) => part !== '' && part !== '.' && part !== '..');
    if (!isPlain || path.includes('\0') || normalize(path).startsWith(`..${sep}`)) {
      throw invalidPath(path, 'is not a path below the folder of files');
    }
  }
}

async function writeBundleFile(folder: string, path: string, content: string): Promise<void> {
  const target = join(folder, path);
  try {
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await writeFile(target, content, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (['EEXIST', 'ENOTDIR', 'EISDIR'].includes(errorCode(error) ?? '')) {
      throw invalidPath(path, 'is a file and a folder at once');
    }
    throw error;
  }
}

function invalidPath(path: string, what: string): TerminalError {
  return new TerminalError(`writing files: ${JSON.stringify(path)} ${what}`, {
    reason: 'InvalidSpec',
  });
}
