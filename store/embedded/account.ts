import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

/** A user that the server runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Tried in this order: the name that PostgreSQL packages use, then the one that every Linux has. */
const ACCOUNT_NAMES = ['postgres', 'nobody'];

/**
 * The account to switch to: PostgreSQL refuses to run as root. undefined when this process is not root and the
 * server simply runs as the same user. Data that exists decides for its owner, so that a folder used once
 * with and once without root goes on working.
 * Throws `EmbeddedPostgresError` when there is no such account.
 */
export async function findAccount(uid: number, folder: string): Promise<Account | undefined> {
  if (uid !== 0) {
    return undefined;
  }
  const data = await stat(join(folder, 'data')).catch(() => undefined);
  if (data !== undefined && data.uid !== 0) {
    return { uid: data.uid, gid: data.gid };
  }
  const account = parseAccount(await readFile('/etc/passwd', 'utf8').catch(() => ''));
  if (account === undefined) {
    throw new EmbeddedPostgresError(
      'PostgreSQL does not run as root, and there is no user postgres or nobody to run it as',
      'create one, or do not run as root',
    );
  }
  return account;
}

/** Finds the first of `ACCOUNT_NAMES` in the text of a passwd file. */
export function parseAccount(passwd: string): Account | undefined {
  const lines = passwd.split('\n').map((line) => line.split(':'));
  for (const name of ACCOUNT_NAMES) {
    const [, , uid, gid] = lines.find((fields) => fields[0] === name) ?? [];
    if (uid !== undefined && gid !== undefined && Number(uid) > 0) {
      return { uid: Number(uid), gid: Number(gid) };
    }
  }
  return undefined;
}
