import { stampOf, type FoundFile } from '../directory/listing.ts';
import { codeOf, isNoContent } from '../directory/paths.ts';
import { listEntries, type Boundary, type Entry } from './find-entry.ts';
import { MAX_SECRET_BYTES } from './limits.ts';
import type { Place } from './place.ts';

/** Keys of a Secret, as Kubernetes checks them. */
const KEY_NAME = /^[-._a-zA-Z0-9]{1,253}$/;

type Owner = Pick<Place, 'namespace' | 'name'>;

/** An `.env` file. */
export function lookAtEnvFile(entry: Entry, owner: Owner): Place {
  return { ...owner, kind: 'env', path: entry.path, ...apart(entry.path, [entry]) };
}

/** A secret with one file a key, as Kubernetes mounts it. */
export async function lookAtKeys(entry: Entry, owner: Owner, boundary: Boundary): Promise<Place> {
  const place = { ...owner, kind: 'keys', path: entry.path } as const;
  if (entry.kind === 'refused') {
    return { ...place, ...apart(entry.path, [entry]) };
  }
  if (!entry.stats.isDirectory()) {
    const problem = `${entry.path} is a file: a secret is a folder with one file a key, or NAME.env`;
    return { ...place, files: [], problems: [problem] };
  }
  try {
    return { ...place, ...apart(entry.path, await listEntries(entry, isKey, boundary)) };
  } catch (error) {
    return { ...place, files: [], problems: [`${entry.path} cannot be read: ${codeOf(error)}`] };
  }
}

/** `..data` and `..2026_...` are how Kubernetes swaps all keys at once. */
function isKey(name: string): boolean {
  return !name.startsWith('..') && !isNoContent(name);
}

/** The files to read, or what is wrong: a secret with a problem is not read at all. */
function apart(path: string, entries: readonly Entry[]): Pick<Place, 'files' | 'problems'> {
  const problems = entries.flatMap((entry) => {
    const problem = problemOf(entry);
    return problem === undefined ? [] : [`${printable(entry.path)} ${problem}`];
  });
  if (problems.length > 0) {
    return { files: [], problems };
  }
  const there = entries.filter((entry) => entry.kind === 'there');
  const bytes = there.reduce((sum, { stats }) => sum + stats.size, 0);
  return bytes > MAX_SECRET_BYTES
    ? { files: [], problems: [`${path} ${tooBig(bytes)}`] }
    : { files: there.map(toFile), problems: [] };
}

function toFile({ path, realPath, stats }: Entry & { readonly kind: 'there' }): FoundFile {
  const changedAtMs = Math.max(stats.mtimeMs, stats.ctimeMs);
  return { path, realPath, stamp: stampOf(stats), changedAtMs };
}

function tooBig(bytes: number): string {
  return `is too big: ${bytes} bytes, at most ${MAX_SECRET_BYTES}`;
}

function problemOf(entry: Entry): string | undefined {
  if (!KEY_NAME.test(entry.name)) {
    return 'must be named with letters, digits, "-", "_" and "." alone';
  }
  if (entry.kind === 'refused') {
    return entry.problem;
  }
  if (entry.stats.isDirectory()) {
    return 'is a folder, and must be a file';
  }
  if (!entry.stats.isFile()) {
    return 'is not a regular file';
  }
  return entry.stats.size > MAX_SECRET_BYTES ? tooBig(entry.stats.size) : undefined;
}

/** Names come from the disk: a line end in one must not look like another message. */
function printable(path: string): string {
  return /^[\x20-\x7e]+$/.test(path) ? path : JSON.stringify(path);
}
