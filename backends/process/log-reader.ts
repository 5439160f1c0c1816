import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { errorCode } from '../../lib/error-code.ts';
import { lastLines } from '../../lib/last-lines.ts';
import { READ_LOG_BYTES } from './limits.ts';

/** The last bytes of a file, from the start of a character; '' when there is no such file. */
export function readEnd(path: string, bytes: number): string {
  return toText(readLastBytes(path, bytes));
}

function readLastBytes(path: string, bytes: number): Buffer {
  const file = openIfThere(path);
  if (file === undefined) {
    return Buffer.alloc(0);
  }
  try {
    const { size } = fstatSync(file);
    const buffer = Buffer.alloc(Math.min(size, bytes));
    const length = readSync(file, buffer, 0, buffer.length, size - buffer.length);
    return buffer.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

/** The last `count` lines of a log and of the file it was rotated from, at most `READ_LOG_BYTES`. */
export function readLastLines(path: string, oldPath: string, count: number): string {
  const text = readEnd(path, READ_LOG_BYTES);
  const lines = lastLines(text, count);
  const isEnough = lines.length < text.length || Buffer.byteLength(text) >= READ_LOG_BYTES;
  return isEnough ? lines : lastLines(readEnd(oldPath, READ_LOG_BYTES) + text, count);
}

/** The whole lines among the last bytes of a file; as `wholeLines`. */
export function readWholeLines(path: string, bytes: number): string {
  return wholeLines(readLastBytes(path, bytes + 1), bytes);
}

/**
 * The whole lines among the last bytes of a text; '' when all of them belong to one line that is longer. For evidence: whoever
 * masks secrets in it would not recognise half of one.
 */
export function wholeLines(text: Buffer, bytes: number): string {
  if (text.length <= bytes) {
    return text.toString('utf8');
  }
  // One byte more: it may be the end of the line before.
  const end = text.subarray(-bytes - 1);
  const cut = end.indexOf('\n');
  return cut === -1 ? '' : end.subarray(cut + 1).toString('utf8');
}

/** UTF-8 text of the end of something: the rest of a character that was cut in two is left out. */
export function toText(bytes: Buffer): string {
  let start = 0;
  // A character has at most three bytes after its first one, and all of them begin with the bits 10.
  while (start < Math.min(3, bytes.length) && ((bytes[start] ?? 0) & 0xc0) === 0x80) {
    start += 1;
  }
  return bytes.subarray(start).toString('utf8');
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
