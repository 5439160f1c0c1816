import { randomUUID } from 'node:crypto';
import { closeSync, linkSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { errorCode } from '../../lib/error-code.ts';

/**
 * Creates a file with its whole content at once, on disk before it has its name. False when the name is taken: of any
 * number of callers exactly one wins (link(2) never replaces, open(2) would show the file empty).
 */
export function createOnce(path: string, content: string): boolean {
  const draft = `${path}.${randomUUID()}`;
  try {
    writeFileSync(draft, content, { mode: 0o600, flag: 'wx', flush: true });
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') {
      return false;
    }
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Creates an empty file whose being there is the message. Nothing happens when it is there. */
export function mark(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
}

/** The file's text; undefined when there is none. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
