import { mkdir, readdir, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '../lib/error-code.ts';

/** What Treeline puts into its data folder. Also what a crash leaves of a file that was being written. */
const OURS =
  /^(client\.json|installation-id|installation\.key|controllers|postgres|instances|state|ports|drafts|compile-cache)(\.[0-9a-f-]{36})?$/;

/**
 * Makes a folder that only its owner may enter, and its parents with the usual mode; one that exists stays as it is.
 * Not with `recursive`: below /proc, where making a folder fails with ENOENT, Node 24 tries for ever without an end.
 */
export function makePrivateFolder(path: string): Promise<void> {
  return makeFolder(path, 0o700);
}

async function makeFolder(path: string, mode: number | undefined): Promise<void> {
  const parent = dirname(path);
  if (parent !== path && !(await exists(parent))) {
    await makeFolder(parent, undefined);
  }
  try {
    await mkdir(path, { mode });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') {
      throw error;
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** The names in a folder; [] when there is none. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      return [];
    }
    throw error;
  }
}

/** The names in a data folder, apart by who made them; none when there is no such folder. */
export async function readDataFolder(
  dataDir: string,
): Promise<{ readonly ours: readonly string[]; readonly others: readonly string[] }> {
  const names = await namesIn(dataDir);
  return {
    ours: names.filter((name) => OURS.test(name)),
    others: names.filter((name) => !OURS.test(name)),
  };
}

/**
 * Removes what is ours, and the folder when nothing else is in it: the path comes from a variable, and a slip there
 * must not cost anybody a home folder. Answers the names that stayed.
 */
export async function removeDataFolder(dataDir: string): Promise<readonly string[]> {
  const { ours, others } = await readDataFolder(dataDir);
  for (const name of ours) {
    // Retried: a PostgreSQL that is just ending may still write.
    await rm(join(dataDir, name), { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
  if (ours.length > 0 && others.length === 0) {
    await rmdir(dataDir);
  }
  return others;
}
