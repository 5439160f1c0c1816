import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { errorCode } from '../../lib/error-code.ts';
import { INSTALLATION_KEY_BYTES } from '../../lib/installation-key.ts';
import { usageError } from '../cli-error.ts';

/** Far more than any way to write a key takes: a file beyond is something else. */
const MAX_FILE_BYTES = 4096;
/** Whatever others may do, and writing by the group. The group may read: so Kubernetes mounts a key for a user. */
const FORBIDDEN_MODE = 0o027;

/**
 * The bytes of an installation key: 32 raw ones, or as text, 64 hexadecimal characters or base64. Throws a usage error
 * that says what is wrong with the file and what to do, and never shows what is in it.
 */
export async function readKeyFile(path: string): Promise<Uint8Array> {
  const bytes = parseKey(await readSmallFile(path));
  if (bytes === undefined) {
    throw refusal(path, `holds no key of ${INSTALLATION_KEY_BYTES} bytes`, howToMake(path));
  }
  return bytes;
}

async function readSmallFile(path: string): Promise<Buffer> {
  try {
    // Never waits for the writer of a pipe.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = await file.stat();
    if (!stats.isFile()) {
      throw refusal(path, stats.isDirectory() ? 'is a folder' : 'is not a file', howToMake(path));
    }
    if ((stats.mode & FORBIDDEN_MODE) !== 0) {
      const mode = (stats.mode & 0o777).toString(8).padStart(4, '0');
      throw refusal(path, `may be read by others (mode ${mode})`, `chmod 600 '${path}'`);
    }
    return await readAtMost(file, MAX_FILE_BYTES);
  } catch (error) {
    throw explained(path, error);
  }
}

/** One byte more than that is read, and makes no key. */
async function readAtMost(
  file: { read(buffer: Buffer): Promise<{ readonly bytesRead: number }> },
  maxBytes: number,
): Promise<Buffer> {
  const buffer = Buffer.alloc(maxBytes + 1);
  const { bytesRead } = await file.read(buffer);
  return buffer.subarray(0, bytesRead);
}

function explained(path: string, error: unknown): unknown {
  const code = errorCode(error);
  if (code === undefined) {
    return error;
  }
  return code === 'ENOENT'
    ? refusal(path, 'does not exist', howToMake(path))
    : refusal(path, `cannot be read: ${code}`, 'it must be readable for the user that runs this');
}

function refusal(path: string, problem: string, todo: string): Error {
  return usageError(`installation key ${path} ${problem}: ${todo}`);
}

function howToMake(path: string): string {
  return `make one with (umask 077 && openssl rand -hex ${INSTALLATION_KEY_BYTES} > '${path}'), and keep a copy`;
}

/** Undefined when it is none. Text of 32 characters is a half key or a password, and no raw key. */
function parseKey(content: Buffer): Uint8Array | undefined {
  const text = content.toString('latin1').trim();
  if (/^[0-9a-f]{64}$/i.test(text)) {
    return Buffer.from(text, 'hex');
  }
  if (/^[\w+/-]{43}=?$/.test(text)) {
    return Buffer.from(text, 'base64');
  }
  const isText = /^[\x20-\x7e]*$/.test(text);
  return content.length === INSTALLATION_KEY_BYTES && !isText ? content : undefined;
}
