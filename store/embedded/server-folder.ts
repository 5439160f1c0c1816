import { chmod, chown, mkdir, open, realpath, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Account } from './account.ts';
import { findAccount } from './account.ts';
import { readOrMakePassword } from './password.ts';
import { chooseSocketFolder, makeSocketFolder } from './socket-folder.ts';

/** The server writes little; after this much the log of former runs is put aside at the next start. */
const LOG_BYTES = 10 * 1024 * 1024;

/** The folder of one server: `data`, `run` (its socket), `password`, `lock`, `postgres.log`. */
export interface ServerFolder {
  /** Absolute, without symbolic links. */
  readonly path: string;
  readonly socketFolder: string;
  readonly password: string;
  /** Whom to switch to; undefined: nobody. */
  readonly account: Account | undefined;
}

/**
 * Makes everything the server needs but its data; may be called by any number of starters at once.
 * Throws the file system's error, or `EmbeddedPostgresError`.
 */
export async function prepareServerFolder(
  folder: string,
  uid: number,
  temporaryFolder: string,
): Promise<ServerFolder> {
  // The parents first: they get the usual mode, only the folder itself is private.
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = await realpath(folder);
  const account = await findAccount(uid, path);
  const password = await readOrMakePassword(path);
  const socketFolder = chooseSocketFolder(path, temporaryFolder);
  await makeSocketFolder(socketFolder, account, uid);
  await putLogAside(join(path, 'postgres.log'));
  await makeFiles(path, account);
  return { path, socketFolder, password, account };
}

async function makeFiles(path: string, account: Account | undefined): Promise<void> {
  const files = ['password', 'lock', 'postgres.log'].map((name) => join(path, name));
  for (const file of files) {
    const made = await open(file, 'a', 0o600);
    await made.close();
  }
  if (account !== undefined) {
    for (const one of [path, ...files]) {
      await chown(one, account.uid, account.gid);
    }
  }
  await chmod(path, 0o700);
}

async function putLogAside(log: string): Promise<void> {
  const found = await stat(log).catch(() => undefined);
  if (found !== undefined && found.size > LOG_BYTES) {
    // Another starter may have done it a moment ago.
    await rename(log, `${log}.1`).catch(() => undefined);
  }
}
