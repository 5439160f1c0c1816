import { listFiles } from './list-files.ts';
import type { FoundFile, ListingRules } from './listing.ts';
import {
  MAX_CONTENT_BYTES,
  MAX_CONTENT_FILE_BYTES,
  MAX_CONTENT_FILES,
  PARALLEL_CALLS,
} from './limits.ts';
import { forEachLimited } from './for-each-limited.ts';
import { isNoContent } from './paths.ts';
import { readBytes } from './read-bytes.ts';

/** What lies in a content folder, not read yet. */
export interface ContentListing {
  readonly path: string;
  readonly files: readonly FoundFile[];
  /** Differs whenever a file of the folder was added, written, replaced or removed. */
  readonly stamp: string;
  readonly changedAtMs: number;
  readonly problems: readonly string[];
}

/** Relative path to text. */
export type Texts = Readonly<Record<string, string>>;

/** Lists a content folder: every file counts, whatever its extension. A folder that is not there is a problem. */
export async function listContent(
  path: string,
  rules: Pick<ListingRules, 'root' | 'onFolder'>,
): Promise<ContentListing> {
  const { files, obstacles } = await listFiles(path, {
    ...rules,
    isSkipped: isNoContent,
    isAccepted: () => true,
  });
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  const problems = obstacles.map((one) => `${one.path}: ${one.problem ?? 'not found'}`).sort();
  return {
    path,
    files,
    stamp: [...files.map((file) => `${file.path}=${file.stamp}`), ...problems].join('\n'),
    changedAtMs: Math.max(0, ...files.map((file) => file.changedAtMs)),
    problems,
  };
}

/** The text of every file of a listing; every file that is no text, or too big, is a problem. */
export async function readContent(
  listing: ContentListing,
): Promise<{ readonly texts: Texts; readonly problems: readonly string[] }> {
  const texts = new Map<string, string>();
  const problems = [...listing.problems];
  if (listing.files.length > MAX_CONTENT_FILES) {
    problems.push(`${listing.path}: ${tooMany(listing.files.length)}`);
    return { texts: {}, problems };
  }
  await forEachLimited(listing.files, PARALLEL_CALLS, async (file) => {
    const read = await readText(file.realPath);
    if ('problem' in read) {
      problems.push(`${file.path}: ${read.problem}`);
    } else {
      texts.set(file.path.slice(listing.path.length + 1), read.text);
    }
  });
  // Files arrive in any order; equal folders must give equal declarations and equal messages.
  const sorted = [...texts].sort(([a], [b]) => (a < b ? -1 : 1));
  return { texts: Object.fromEntries(sorted), problems: problems.sort() };
}

/** What is wrong with all content folders of one object together; undefined when they fit. */
export function findExcess(folders: readonly Texts[]): string | undefined {
  const texts = folders.flatMap((folder) => Object.values(folder));
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (texts.length > MAX_CONTENT_FILES) {
    return tooMany(texts.length);
  }
  return bytes > MAX_CONTENT_BYTES
    ? `${bytes} bytes in its folders, at most ${MAX_CONTENT_BYTES} are delivered`
    : undefined;
}

function tooMany(count: number): string {
  return `${count} files in its folders, at most ${MAX_CONTENT_FILES} are delivered`;
}

async function readText(
  realPath: string,
): Promise<{ readonly text: string } | { readonly problem: string }> {
  const read = await readBytes(realPath, MAX_CONTENT_FILE_BYTES);
  if ('problem' in read) {
    return read;
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(read.bytes);
    // PostgreSQL cannot store NUL in text, and no prompt or script has one.
    return text.includes('\0') ? { problem: 'binary file, only text is delivered' } : { text };
  } catch {
    return { problem: 'not UTF-8, only text is delivered' };
  }
}
