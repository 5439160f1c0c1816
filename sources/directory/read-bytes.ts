import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { stampOf } from './listing.ts';
import { codeOf } from './paths.ts';

export type Bytes =
  | { readonly bytes: Buffer; readonly stamp: string; readonly changedAtMs: number }
  /** Without the name of the file. */
  | { readonly problem: string };

/** Never waits for a writer of a pipe and never follows a link that replaced the file since it was listed. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/** The whole of a regular file of at most `maxBytes`, with the stamp it had before it was read. */
export async function readBytes(realPath: string, maxBytes: number): Promise<Bytes> {
  try {
    await using file = await open(realPath, FLAGS);
    const stats = await file.stat();
    if (!stats.isFile()) {
      return { problem: 'not a regular file' };
    }
    if (stats.size > maxBytes) {
      return { problem: `too big: ${stats.size} bytes, at most ${maxBytes} are read` };
    }
    const changedAtMs = Math.max(stats.mtimeMs, stats.ctimeMs);
    return { bytes: await file.readFile(), stamp: stampOf(stats), changedAtMs };
  } catch (error) {
    return { problem: `cannot be read: ${codeOf(error)}` };
  }
}
