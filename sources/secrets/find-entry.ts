import type { Dirent, Stats } from 'node:fs';
import { lstat, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { forEachLimited } from '../directory/for-each-limited.ts';
import { PARALLEL_CALLS } from '../directory/limits.ts';
import type { FoundFolder } from '../directory/listing.ts';
import { childOf, codeOf, isInside } from '../directory/paths.ts';

/** What a name in a folder stands for; links are followed as long as they stay in the root. */
export type Entry = { readonly name: string; readonly path: string } & (
  | { readonly kind: 'there'; readonly realPath: string; readonly stats: Stats }
  | { readonly kind: 'refused'; readonly problem: string }
);

/** The real path that nothing may leave, and who is told of every folder before it is read. */
export interface Boundary {
  readonly root: string;
  readonly onFolder: (folder: FoundFolder) => void;
}

/**
 * The entries of a folder whose names are wanted, sorted; those that vanish meanwhile are left out. Throws the system's
 * error when the folder cannot be listed.
 */
export async function listEntries(
  folder: { readonly path: string; readonly realPath: string; readonly stats: Stats },
  isWanted: (name: string) => boolean,
  { root, onFolder }: Boundary,
): Promise<readonly Entry[]> {
  const { path, realPath, stats } = folder;
  onFolder({ path, realPath, identity: `${stats.dev}:${stats.ino}:${stats.birthtimeMs}` });
  const entries: Entry[] = [];
  const names = await readdir(realPath, { withFileTypes: true });
  await forEachLimited(
    names.filter(({ name }) => isWanted(name)),
    PARALLEL_CALLS,
    async (entry) => {
      const found = await findEntry(entry, folder, root);
      if (found !== undefined) {
        entries.push(found);
      }
    },
  );
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function findEntry(
  entry: Dirent,
  folder: { readonly path: string; readonly realPath: string },
  root: string,
): Promise<Entry | undefined> {
  const { name } = entry;
  const named = { name, path: childOf(folder.path, name) };
  const own = join(folder.realPath, name);
  try {
    const realPath = entry.isSymbolicLink() ? await realpath(own) : own;
    return isInside(root, realPath)
      ? { ...named, kind: 'there', realPath, stats: await lstat(realPath) }
      : { ...named, kind: 'refused', problem: 'is a link that leaves the secrets folder' };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' && !entry.isSymbolicLink()) {
      return undefined;
    }
    const problem = code === 'ENOENT' ? 'is a link to nowhere' : `cannot be read: ${code}`;
    return { ...named, kind: 'refused', problem };
  }
}
