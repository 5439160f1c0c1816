import { isUtf8 } from 'node:buffer';
import type { Position } from './position.ts';

/**
 * Largest manifest file. Twenty times a tree of 200 workspaces; etcd takes 1.5 MB per object, so nothing that
 * kubectl could apply is refused, and the parser needs a second per MB of the worst input.
 */
export const MAX_FILE_BYTES = 5_000_000;

/** What kubectl refuses too: control characters other than tab, line feed, carriage return and next line. */
const CONTROL_CHARACTER =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/;

const START: Position = { line: 1, column: 1 };

export type Decoded =
  { readonly text: string } | { readonly position: Position; readonly message: string };

/** The text of a manifest file without its byte order mark, or why it is none. */
export function decodeText(bytes: Uint8Array): Decoded {
  if (bytes.byteLength > MAX_FILE_BYTES) {
    const size = `${(bytes.byteLength / 1e6).toFixed(1)} MB`;
    return { position: START, message: `must be at most ${MAX_FILE_BYTES / 1e6} MB (got ${size})` };
  }
  if (bytes.includes(0)) {
    return { position: START, message: 'must be a text file (it contains NUL bytes)' };
  }
  if (!isUtf8(bytes)) {
    const position = { line: findBrokenLine(bytes), column: 1 };
    return { position, message: 'must be UTF-8 text (this line is not)' };
  }
  return refuseControlCharacters(new TextDecoder().decode(bytes));
}

/** The first line that is not UTF-8, 1-based: a line feed is never part of a longer character. */
function findBrokenLine(bytes: Uint8Array): number {
  let line = 1;
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(0x0a, start);
    if (end < 0 || !isUtf8(bytes.subarray(start, end))) {
      return line;
    }
    line += 1;
    start = end + 1;
  }
}

function refuseControlCharacters(text: string): Decoded {
  const index = text.search(CONTROL_CHARACTER);
  if (index < 0) {
    return { text };
  }
  const before = text.slice(0, index).split('\n');
  const code = text.charCodeAt(index).toString(16).padStart(4, '0');
  return {
    position: { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 },
    message: `control characters must be escaped (found U+${code.toUpperCase()})`,
  };
}
