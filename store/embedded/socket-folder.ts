import { chmod, chown, lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Hex } from '../../lib/hash.ts';
import type { Account } from './account.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

/** PostgreSQL names its socket by this number; no TCP port is opened. */
export const SOCKET_PORT = 5432;

/** `sun_path` of unix(7) holds 108 bytes, the last one is 0. */
const SOCKET_PATH_BYTES = 107;
/** 64 bits of the hash tell the folders of one machine apart. */
const HASH_CHARACTERS = 16;

/**
 * Where the server's socket goes: `FOLDER/run`, or `treeline-HASH` in the temporary folder when that path is too
 * long for a socket, or has a character that PostgreSQL's list of socket folders cannot hold.
 */
export function chooseSocketFolder(folder: string, temporaryFolder: string): string {
  const hash = sha256Hex(folder).slice(0, HASH_CHARACTERS);
  const short = `treeline-${hash}`;
  const candidates = [join(folder, 'run'), join(temporaryFolder, short)];
  return candidates.find(canHoldSocket) ?? join('/tmp', short);
}

function canHoldSocket(folder: string): boolean {
  const socket = `${folder}/.s.PGSQL.${SOCKET_PORT}`;
  return Buffer.byteLength(socket) <= SOCKET_PATH_BYTES && !/[,"]/.test(folder);
}

/**
 * Makes the folder for the server's account alone, mode 0700. In a shared temporary folder somebody else could have
 * made it first, so anything but a folder of the right owner is refused with `EmbeddedPostgresError`.
 */
export async function makeSocketFolder(
  path: string,
  account: Account | undefined,
  uid: number,
): Promise<void> {
  const isNew = (await mkdir(path, { recursive: true, mode: 0o700 })) !== undefined;
  if (isNew && account !== undefined) {
    await chown(path, account.uid, account.gid);
  }
  const found = await lstat(path);
  const isOurs = found.isDirectory() && [uid, account?.uid].includes(found.uid);
  if (!isOurs) {
    throw new EmbeddedPostgresError(
      `the folder for its socket, ${path}, belongs to somebody else`,
      'remove it, or choose a data folder with a shorter path',
    );
  }
  if (account !== undefined) {
    await chown(path, account.uid, account.gid);
  }
  await chmod(path, 0o700);
}
