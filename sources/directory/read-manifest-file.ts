import { MAX_FILE_BYTES } from '../../api/manifests/decode.ts';
import type { Declaration } from '../../api/objects.ts';
import { hashOf } from '../../lib/hash.ts';
import { RECENT_CHANGE_MS } from './limits.ts';
import type { FoundFile, ListingRules } from './listing.ts';
import { toBroken, type ManifestFile, type ManifestVersion } from './manifest-file.ts';
import { parseManifest } from './parse-manifest.ts';
import { readBytes } from './read-bytes.ts';
import { readNamedFolders, stampFolders } from './read-named-folders.ts';

export interface ReadContext extends Pick<ListingRules, 'root' | 'onFolder'> {
  /** The wall clock, milliseconds since 1970: compared with the times of files. */
  readonly nowMs: number;
}

/**
 * Reads a manifest and the content folders it names. `last` is what was known of it: when the version that lies there
 * cannot be used, its declarations go on; when nothing differs, they stay the same objects. Never throws.
 */
export async function readManifestFile(
  { path, realPath }: Pick<FoundFile, 'path' | 'realPath'>,
  last: ManifestFile | undefined,
  context: ReadContext,
): Promise<ManifestFile> {
  const read = await readBytes(realPath, MAX_FILE_BYTES);
  if ('problem' in read) {
    return toBroken(toUnread(path, read.problem, last), last);
  }
  const parsed = parseManifest(path, read.bytes, last?.parsed);
  const folders = await readNamedFolders(path, parsed.documents, context);
  const changedAtMs = Math.max(read.changedAtMs, folders.changedAtMs);
  const isRecent = context.nowMs - changedAtMs < RECENT_CHANGE_MS;
  const version: ManifestVersion = {
    path,
    problems: [...parsed.problems, ...folders.problems],
    contentFolders: [...folders.paths, ...(last?.isKnown === true ? [] : parsed.guessedFolders)],
    stamp: isRecent ? undefined : joinStamps(read.stamp, folders.stamps),
    hash: hashOf([parsed.bytesHash, folders.problems, folders.declarations.map(textsOf)]),
    parsed,
  };
  if (last?.hash === version.hash) {
    return { ...last, stamp: version.stamp };
  }
  return version.problems.length > 0
    ? toBroken(version, last)
    : { ...version, declarations: folders.declarations, isKnown: true };
}

/** Whether a file and its content folders are as they were when they were read. */
export async function isUnchanged(
  found: FoundFile,
  file: ManifestFile,
  context: ReadContext,
): Promise<boolean> {
  if (file.stamp?.startsWith(found.stamp) !== true) {
    return false;
  }
  const stamps = await stampFolders(file.contentFolders, context);
  return file.stamp === joinStamps(found.stamp, stamps);
}

/** A file that is there and cannot be read, with the reason. */
function toUnread(path: string, problem: string, last: ManifestFile | undefined): ManifestVersion {
  return {
    path,
    problems: [`${path}: ${problem}`],
    contentFolders: [],
    stamp: undefined,
    hash: '',
    parsed: last?.parsed,
  };
}

function textsOf({ directories }: Declaration): unknown {
  return directories ?? null;
}

function joinStamps(file: string, folders: readonly string[]): string {
  return [file, ...folders].join('\n\n');
}
