import { randomBytes } from 'node:crypto';
import { link, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../lib/error-code.ts';

/** 192 bits: not to be guessed, and 32 characters of base64url need no quoting in a URL. */
const PASSWORD_BYTES = 24;

/**
 * The password in `FOLDER/password` (mode 0600), made on first use. Any number of callers at once get the same one.
 * Throws the file system's error.
 */
export async function readOrMakePassword(folder: string): Promise<string> {
  const path = join(folder, 'password');
  return (await readPassword(path)) ?? (await makePassword(path));
}

async function makePassword(path: string): Promise<string> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  const password = randomBytes(PASSWORD_BYTES).toString('base64url');
  try {
    await writeDurably(temporary, password);
    // Not `rename`: that replaces the file of another starter, who has already given its content to initdb.
    await link(temporary, path);
    return password;
  } catch (error) {
    const theirs = await readPassword(path);
    if (theirs === undefined) {
      throw error;
    }
    return theirs;
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  await using file = await open(path, 'wx', 0o600);
  await file.writeFile(text);
  // The data outlives a power failure; without this its password might not.
  await file.sync();
}

async function readPassword(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
