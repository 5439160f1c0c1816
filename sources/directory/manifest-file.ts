import type { Declaration } from '../../api/objects.ts';
import type { ParsedManifest } from './parse-manifest.ts';

/** What is known of one manifest. Never changed: a file that is read again gets a new one. */
export interface ManifestFile {
  /** Relative to the root, with `/`. */
  readonly path: string;
  /** Of the version that could be used last; empty when none could. */
  readonly declarations: readonly Declaration[];
  /** Whether a version could be used since the start; if not, what the file declares is not known. */
  readonly isKnown: boolean;
  /** Folders, relative to the root, whose files are content and not manifests. */
  readonly contentFolders: readonly string[];
  /** What is wrong with the file as it lies there now; not empty means that `declarations` are older. */
  readonly problems: readonly string[];
  /** Of the file and its content folders when they were read; undefined when they must be read again. */
  readonly stamp: string | undefined;
  /** Hash of all that was read, so that an untouched declaration stays the same object. */
  readonly hash: string;
  /** What the parser said of the bytes read last; undefined when they could not be read. */
  readonly parsed: ParsedManifest | undefined;
}

/** What lies there now. */
export type ManifestVersion = Pick<
  ManifestFile,
  'path' | 'problems' | 'contentFolders' | 'stamp' | 'hash' | 'parsed'
>;

/** Whether the file as it lies there now could not be used. */
export function isBroken(file: ManifestFile): boolean {
  return file.problems.length > 0;
}

/** A version that cannot be used: what the file declared last goes on, and so do its content folders. */
export function toBroken(version: ManifestVersion, last: ManifestFile | undefined): ManifestFile {
  return {
    ...version,
    declarations: last?.declarations ?? [],
    isKnown: last?.isKnown ?? false,
    contentFolders: [...new Set([...(last?.contentFolders ?? []), ...version.contentFolders])],
  };
}
