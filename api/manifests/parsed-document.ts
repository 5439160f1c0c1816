import type { Declaration } from '../objects.ts';
import type { Path } from '../validation/path.ts';
import { DocumentText } from './document-text.ts';
import type { ForeignObject } from './foreign.ts';
import type { Problem } from './problem.ts';
import type { Chunk } from './split.ts';
import { parseYamlTree } from './yaml-tree.ts';

/** A valid declaration of a file. */
export interface ParsedDocument {
  /** With `origin`: `file:line` of its first key. */
  readonly declaration: Declaration;
  /**
   * A problem at a field of this declaration (`['spec', 'files', 0, 'directory']`) that only its source can see.
   * Parses the text again: to keep the tree would cost more memory than all the rest.
   */
  readonly problemAt: (path: Path, message: string) => Problem;
}

/** An object of another API group: not for us, and no problem. */
export interface SkippedDocument extends ForeignObject {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** What one document of a file, or the whole file, holds. */
export interface ReadDocuments {
  readonly documents: readonly ParsedDocument[];
  /** In the order of the file; at most 100 per object. */
  readonly problems: readonly Problem[];
  readonly skipped: readonly SkippedDocument[];
}

/** The `problemAt` of a declaration that stands at `itemPath` in a document. */
export function problemFinder(
  file: string,
  chunk: Chunk,
  itemPath: Path,
): ParsedDocument['problemAt'] {
  return (path, message) => {
    const text = new DocumentText(file, chunk);
    const full = [...itemPath, ...path];
    const tree = parseYamlTree(chunk.text);
    return 'contents' in tree && tree.contents !== undefined
      ? text.problemOf(tree.contents, { path: full, message, at: 'value' })
      : text.problemAt(0, message, full);
  };
}
