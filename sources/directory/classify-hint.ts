import type { Stats } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { FoundFile } from './listing.ts';
import type { ManifestFile } from './manifest-file.ts';
import { isHidden, isInside, isManifestName, isWithin } from './paths.ts';

/** What follows from "something happened to this path". */
export interface Hint {
  readonly read: readonly Pick<FoundFile, 'path' | 'realPath'>[];
  readonly gone: readonly string[];
  /** Folders and links came or went: their files are found only by looking at everything. */
  readonly isRescanNeeded: boolean;
}

export interface HintContext {
  /** Absolute and resolved. */
  readonly root: string;
  readonly files: ReadonlyMap<string, ManifestFile>;
  /** Those of `files` that name content folders. */
  readonly naming: readonly ManifestFile[];
  /** Every folder that was entered. */
  readonly folders: ReadonlySet<string>;
}

/** Looks at the hinted path (relative to the root) and tells what to read again. Never throws. */
export async function classifyHint(path: string, context: HintContext): Promise<Hint> {
  const stats = await lstat(join(context.root, path)).catch(() => undefined);
  const named = context.naming
    .filter(({ contentFolders }) => isWithin(path, new Set(contentFolders)))
    .map((file) => file.path);
  const own = stats?.isFile() === true && isManifest(path) ? [path] : [];
  const read = await Promise.all([...own, ...named].map((one) => locate(one, context.root)));
  const isGone = stats === undefined && context.files.has(path);
  return {
    read: read.filter((one) => one !== undefined),
    gone: isGone ? [path] : [],
    isRescanNeeded: isGone || read.includes(undefined) || needsRescan(path, stats, context),
  };
}

function needsRescan(path: string, stats: Stats | undefined, { folders }: HintContext): boolean {
  if (stats === undefined) {
    return folders.has(path);
  }
  if (stats.isSymbolicLink()) {
    // Hidden or not: a mounted ConfigMap is switched by replacing the hidden link `..data`.
    return true;
  }
  return stats.isDirectory() ? !isHidden(basename(path)) : !stats.isFile() && isManifest(path);
}

function isManifest(path: string): boolean {
  return isManifestName(basename(path)) && !path.split('/').some(isHidden);
}

/** Undefined when it vanished, or when a folder on the way was replaced by a link that leaves the root. */
async function locate(
  path: string,
  root: string,
): Promise<Pick<FoundFile, 'path' | 'realPath'> | undefined> {
  const realPath = await realpath(join(root, path)).catch(() => undefined);
  return realPath !== undefined && isInside(root, realPath) ? { path, realPath } : undefined;
}
