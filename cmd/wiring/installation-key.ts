import { randomBytes, randomUUID } from 'node:crypto';
import { link, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../lib/error-code.ts';
import { INSTALLATION_KEY_BYTES, InstallationKey } from '../../lib/installation-key.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Db } from '../../store/db.ts';
import { claimKeyFingerprint } from '../../store/installation.ts';
import { CliError } from '../cli-error.ts';
import { makePrivateFolder } from '../data-folder.ts';
import { readKeyFile } from './key-file.ts';

/** Name in the data folder of the key that was made there. */
const FILE_NAME = 'installation.key';

export interface KeyRequest {
  /** `--key-file`; none: made in the data folder. */
  readonly keyFile?: string;
  readonly dataDir: string;
  readonly isDatabaseEmbedded: boolean;
  readonly log: Pick<Logger, 'warn'>;
}

/**
 * The key of this installation: the one that is given, else the one in the data folder, made there once for any number
 * of starters. Throws a usage error that says what is wrong with the file and what to do.
 */
export async function loadInstallationKey(request: KeyRequest): Promise<InstallationKey> {
  const { keyFile, dataDir, isDatabaseEmbedded, log } = request;
  const path = keyFile ?? join(dataDir, FILE_NAME);
  if (keyFile === undefined && (await makeKey(dataDir, path)) && !isDatabaseEmbedded) {
    // The database outlives this folder, and other machines' controllers need the same key.
    log.warn({ file: path }, 'made an installation key; keep a copy and give it by --key-file');
  }
  return new InstallationKey(await readKeyFile(path), randomBytes);
}

/**
 * Stores whose key this database's secrets are sealed with. Throws a `CliError` when they were sealed with another one.
 * Not for an installation that does not match the database.
 */
export async function claimInstallationKey(db: Db, key: InstallationKey): Promise<void> {
  const stored = await claimKeyFingerprint(db, key.fingerprint);
  if (stored !== key.fingerprint) {
    const [theirs, ours] = [stored.slice(0, 8), key.fingerprint.slice(0, 8)];
    throw new CliError(
      `this database was made with another installation key (fingerprint ${theirs}, this one is ${ours}): give the right one by --key-file`,
    );
  }
}

/** Under a temporary name and linked, so that of two starters at once both read the same. False: there was one. */
async function makeKey(dataDir: string, path: string): Promise<boolean> {
  if ((await stat(path).catch(() => undefined)) !== undefined) {
    return false;
  }
  const draft = `${path}.${randomUUID()}`;
  await makePrivateFolder(dataDir);
  try {
    const text = `${randomBytes(INSTALLATION_KEY_BYTES).toString('hex')}\n`;
    await writeFile(draft, text, { mode: 0o600, flag: 'wx', flush: true });
    return await isLinked(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

async function isLinked(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') {
      return false;
    }
    throw error;
  }
}
