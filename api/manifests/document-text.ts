import type { Node } from 'yaml';
import type { FieldProblem } from '../validation/field-problems.ts';
import { formatPath, type Path } from '../validation/path.ts';
import { findPlace, offsetOf } from './locate.ts';
import { findLineStarts, positionAt, type Position } from './position.ts';
import type { Problem } from './problem.ts';
import type { Chunk } from './split.ts';

/** Turns what is wrong in one document of a file into problems with a line and a column. */
export class DocumentText {
  readonly file: string;
  readonly chunk: Chunk;
  /** Made when first asked for: most documents have no problem. */
  #lineStarts: readonly number[] | undefined;

  constructor(file: string, chunk: Chunk) {
    this.file = file;
    this.chunk = chunk;
  }

  /** Line of the file, 1-based, of an offset into the text of the document. */
  lineAt(offset: number): number {
    return this.#positionAt(offset).line;
  }

  /** A problem at an offset into the text of the document. */
  problemAt(offset: number, message: string, path: Path = []): Problem {
    return { file: this.file, ...this.#positionAt(offset), path: formatPath(path), message };
  }

  /** A problem of a field; `root` is the node that its path starts from. */
  problemOf(root: Node, { path, message, at }: FieldProblem): Problem {
    return this.problemAt(offsetOf(findPlace(root, path), at), message, path);
  }

  #positionAt(offset: number): Position {
    this.#lineStarts ??= findLineStarts(this.chunk.text);
    const { line, column } = positionAt(this.#lineStarts, offset);
    return { line: line + this.chunk.firstLine - 1, column };
  }
}
