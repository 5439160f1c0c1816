import { randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../lib/error-code.ts';
import type { Db } from '../../store/db.ts';
import { claimInstallation, readCreatedAt } from '../../store/installation.ts';
import { makePrivateFolder } from '../data-folder.ts';

/** Who we are, and whether the database agrees. */
export interface Installation {
  readonly id: string;
  /** When this database was first used. */
  readonly createdAt: Date;
  /** The database belongs to another installation: nothing is launched or deleted (design §4). */
  readonly mismatch?: string;
}

/** The id from outside the database, compared with the one stored in it. */
export async function findInstallation(
  db: Db,
  request: { readonly installationId?: string; readonly dataDir: string },
): Promise<Installation> {
  const id = request.installationId ?? (await readOrMakeId(request.dataDir));
  const stored = await claimInstallation(db, id);
  const createdAt = await readCreatedAt(db);
  if (stored === id) {
    return { id, createdAt };
  }
  const mismatch = `this is installation "${id}", and the database belongs to "${stored}": give the right --installation-id or the right database`;
  return { id, createdAt, mismatch };
}

/** Made under a temporary name and linked, so that of two starters at once both read the same. */
async function readOrMakeId(dataDir: string): Promise<string> {
  const file = join(dataDir, 'installation-id');
  const draft = `${file}.${randomUUID()}`;
  await makePrivateFolder(dataDir);
  try {
    await writeFile(draft, `${randomUUID()}\n`, { mode: 0o600, flag: 'wx' });
    await link(draft, file).catch(ignoreExisting);
  } finally {
    await rm(draft, { force: true });
  }
  return (await readFile(file, 'utf8')).trim();
}

function ignoreExisting(error: unknown): void {
  if (errorCode(error) !== 'EEXIST') {
    throw error;
  }
}
