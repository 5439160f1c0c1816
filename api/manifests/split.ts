/** The text of one document of a file, from its `---` (if it has one) to the next. */
export interface Chunk {
  readonly text: string;
  /** Line of the file at which `text` begins; 1-based. */
  readonly firstLine: number;
  /** Text behind `---` on its own line, which kubectl refuses; undefined when there is none. */
  readonly strayText?: string;
}

/**
 * A line that begins with `---`; kubectl takes each of them for a separator, whatever follows.
 * Not `^` with the flag `m`: that also matches behind U+2028, which ends no line here.
 */
const SEPARATOR = /(?<![^\n])---([^\n]*)/g;

/**
 * Splits a file into documents before any YAML is parsed, as kubectl does: so a broken document
 * (an open bracket, an open quote) never swallows the next one.
 */
export function splitDocuments(text: string): Chunk[] {
  const chunks: Chunk[] = [];
  let start = 0;
  let firstLine = 1;
  let stray: string | undefined;
  const cut = (end: number): void => {
    const part = text.slice(start, end);
    chunks.push({ text: part, firstLine, ...(stray === undefined ? {} : { strayText: stray }) });
    firstLine += countLineFeeds(part);
    start = end;
  };
  for (const match of text.matchAll(SEPARATOR)) {
    cut(match.index);
    stray = toStrayText(match[1] ?? '');
  }
  cut(text.length);
  return chunks;
}

function toStrayText(rest: string): string | undefined {
  const trimmed = rest.trim();
  return trimmed === '' || trimmed.startsWith('#') ? undefined : trimmed;
}

function countLineFeeds(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    count += 1;
  }
  return count;
}
