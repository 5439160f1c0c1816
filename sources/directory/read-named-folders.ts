import { formatProblem } from '../../api/manifests/read-manifests.ts';
import type { ParsedDocument, Problem } from '../../api/manifests/read-manifests.ts';
import type { Declaration } from '../../api/objects.ts';
import { locateFolder, namedFolders } from './content-folders.ts';
import type { ListingRules } from './listing.ts';
import { findExcess, listContent, readContent, type Texts } from './read-content.ts';

/** The content folders that the declarations of one manifest name, with their text. */
export interface NamedFolders {
  /** Relative to the root. */
  readonly paths: readonly string[];
  /** The same declarations, with `directories` where they name any. */
  readonly declarations: readonly Declaration[];
  readonly problems: readonly string[];
  /** In the order of `paths`. */
  readonly stamps: readonly string[];
  readonly changedAtMs: number;
}

type FolderRules = Pick<ListingRules, 'root' | 'onFolder'>;

interface Folder {
  readonly stamp: string;
  readonly changedAtMs: number;
  readonly texts: Texts;
  readonly problems: readonly string[];
}

/** Reads every folder once, whoever names it. */
export async function readNamedFolders(
  manifestPath: string,
  documents: readonly ParsedDocument[],
  rules: FolderRules,
): Promise<NamedFolders> {
  const folders = new Map<string, Folder>();
  for (const path of locateAll(manifestPath, documents)) {
    folders.set(path, await readFolder(path, rules));
  }
  const delivered = documents.map((one) => deliver(manifestPath, one, folders));
  const all = [...folders.values()];
  return {
    paths: [...folders.keys()],
    declarations: delivered.map((one) => one.declaration),
    problems: delivered.flatMap((one) => one.problems),
    stamps: all.map((folder) => folder.stamp),
    changedAtMs: Math.max(0, ...all.map((folder) => folder.changedAtMs)),
  };
}

/** The stamps of content folders as they lie there now, to compare with those of the last reading. */
export async function stampFolders(
  paths: readonly string[],
  rules: FolderRules,
): Promise<string[]> {
  const stamps: string[] = [];
  for (const path of paths) {
    stamps.push((await listContent(path, rules)).stamp);
  }
  return stamps;
}

function locateAll(manifestPath: string, documents: readonly ParsedDocument[]): Set<string> {
  const located = documents
    .flatMap(({ declaration }) => namedFolders(declaration))
    .map(({ directory }) => locateFolder(manifestPath, directory));
  return new Set(located.flatMap((one) => ('path' in one ? [one.path] : [])));
}

async function readFolder(path: string, rules: FolderRules): Promise<Folder> {
  const { stamp, changedAtMs, ...listing } = await listContent(path, rules);
  return { stamp, changedAtMs, ...(await readContent({ stamp, changedAtMs, ...listing })) };
}

function deliver(
  manifestPath: string,
  { declaration, problemAt }: ParsedDocument,
  folders: ReadonlyMap<string, Folder>,
): { readonly declaration: Declaration; readonly problems: readonly string[] } {
  const named = namedFolders(declaration);
  const [first] = named;
  if (first === undefined) {
    return { declaration, problems: [] };
  }
  const directories = new Map<string, Texts>();
  const problems: Problem[] = [];
  for (const { directory, field } of named) {
    const folder = findFolder(manifestPath, directory, folders);
    directories.set(directory, folder.texts);
    problems.push(...folder.problems.map((problem) => problemAt(field, problem)));
  }
  const excess = findExcess([...directories.values()]);
  problems.push(...(excess === undefined ? [] : [problemAt(first.field, excess)]));
  return {
    declaration: { ...declaration, directories: Object.fromEntries(directories) },
    problems: problems.map(formatProblem),
  };
}

function findFolder(
  manifestPath: string,
  directory: string,
  folders: ReadonlyMap<string, Folder>,
): Pick<Folder, 'texts' | 'problems'> {
  const located = locateFolder(manifestPath, directory);
  if ('problem' in located) {
    return { texts: {}, problems: [located.problem] };
  }
  return folders.get(located.path) ?? { texts: {}, problems: ['not found'] };
}
