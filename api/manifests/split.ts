import { findLineStarts } from './position.ts';

/** The text of one document of a file, from its `---` (if it has one) to the next. */
export interface Chunk {
  readonly text: string;
  /** Line of the file at which `text` begins; 1-based. */
  readonly firstLine: number;
  /** Why it cannot be read, whatever is in it. */
  readonly problem?: string;
}

/** As many as of the shortest valid document (84 characters) fit into the largest file. */
const MAX_DOCUMENTS = 60_000;

/**
 * A line that begins with `---`; kubectl takes each of them for a separator, whatever follows.
 * Not `^` with the flag `m`: that also matches behind U+2028, which ends no line here.
 */
const SEPARATOR = /(?<![^\n])---([^\n]*)/g;
const BLANK = /^(?:---)?\s*$/;

/**
 * Splits a file into its documents before any YAML is parsed, as kubectl does: so a broken document
 * (an open bracket, an open quote) never swallows the next one. Blank ones are left out.
 */
export function splitDocuments(text: string): Chunk[] {
  const separators = [...text.matchAll(SEPARATOR)];
  const starts = [0, ...separators.map(({ index }) => index)];
  const chunks: Chunk[] = [];
  let firstLine = 1;
  for (const [index, start] of starts.entries()) {
    const part = text.slice(start, starts[index + 1]);
    if (!BLANK.test(part)) {
      chunks.push({ text: part, firstLine, ...findProblem(separators[index - 1]?.[1]) });
    }
    if (chunks.length > MAX_DOCUMENTS) {
      return [{ text: part, firstLine, problem: `more than ${MAX_DOCUMENTS} documents in a file` }];
    }
    firstLine += findLineStarts(part).length - 1;
  }
  return chunks;
}

/** `rest` is what stands behind `---` on its line. */
function findProblem(rest = ''): Pick<Chunk, 'problem'> {
  const trimmed = rest.trim();
  return trimmed === '' || trimmed.startsWith('#')
    ? {}
    : { problem: 'nothing may follow --- on its line' };
}
