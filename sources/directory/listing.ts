import type { Stats } from 'node:fs';

/** A regular file that was accepted, as it lay there. */
export interface FoundFile {
  /** Relative to the root, with `/`; the name people know it by, also when it is a link. */
  readonly path: string;
  readonly realPath: string;
  /** Differs whenever the file was written or replaced. */
  readonly stamp: string;
  /** Last change of the file or its inode, milliseconds since 1970. */
  readonly changedAtMs: number;
}

/** A folder that was entered. */
export interface FoundFolder {
  readonly path: string;
  readonly realPath: string;
  /** Differs when another folder took its place. */
  readonly identity: string;
}

/** A file or folder that could not be looked at, or that is refused; nothing is known of what lies below. */
export interface Obstacle {
  readonly path: string;
  /** Undefined when it vanished while it was looked at: nothing to tell people, but this look is not complete. */
  readonly problem: string | undefined;
}

export interface Listing {
  readonly files: FoundFile[];
  /** Absolute paths of every `.git` met on the way. */
  readonly gitEntries: string[];
  readonly obstacles: Obstacle[];
}

export interface ListingRules {
  /** The real path that nothing may leave. */
  readonly root: string;
  /** Neither entered nor read. */
  readonly isSkipped: (name: string) => boolean;
  readonly isAccepted: (name: string) => boolean;
  /** Called before a folder is read, so that a watch set here misses nothing. */
  readonly onFolder: (folder: FoundFolder) => void;
}

/** What stands for "written or replaced": inode, size and both times with their fractions of milliseconds. */
export function stampOf({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return `${dev}:${ino}:${size}:${mtimeMs}:${ctimeMs}`;
}
