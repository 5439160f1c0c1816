import { stat } from 'node:fs/promises';
import { errorCode } from '../../lib/error-code.ts';
import { usageErrors } from '../cli-error.ts';
import { defaultSecrets, type RunOptions } from '../options.ts';

/** Folders of which `treeline run` can be told. */
type GivenFolders = Pick<RunOptions, 'dataDir' | 'directory' | 'secrets'>;

/**
 * Throws a usage error for every folder that was given and is not there: it is mistyped, or not mounted. The default folder of secrets
 * need not exist, and a folder that disappears later stops nothing.
 */
export async function refuseMissingFolders(given: GivenFolders): Promise<void> {
  const { directory, secrets, dataDir } = given;
  const isSecretsGiven = secrets !== defaultSecrets(dataDir);
  const problems = await Promise.all([
    ...(directory === undefined ? [] : [problemOf('--directory', directory)]),
    ...(isSecretsGiven ? [problemOf('--secrets', secrets)] : []),
  ]);
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length > 0) {
    throw usageErrors(found);
  }
}

async function problemOf(flag: string, folder: string): Promise<string | undefined> {
  try {
    const isFolder = (await stat(folder)).isDirectory();
    return isFolder ? undefined : `${flag} ${folder}: it is no folder: name the one that is meant`;
  } catch (error) {
    const code = errorCode(error) ?? String(error);
    return `${flag} ${folder}: the folder cannot be read: ${code}: make it, or correct the path`;
  }
}
