import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readMachine } from '../backends/process/machine.ts';
import {
  isAlive,
  ownIdentity,
  type ProcessIdentity,
} from '../backends/process/process-identity.ts';
import { CliError } from './cli-error.ts';
import { makePrivateFolder, namesIn } from './data-folder.ts';
import { EXIT } from './exit-codes.ts';

/**
 * Which controllers of this machine work on a data folder: one file per controller, named by its process. What a
 * killed one left is told apart by the start time of its process.
 */
function folderOf(dataDir: string): string {
  return join(dataDir, 'controllers');
}

/**
 * Says that this process works on the folder, which is made when missing. The answer takes the word back.
 * Throws `CliError` when the folder cannot be written, `BackendUnavailableError` where there is no `/proc`.
 */
export async function markRunningController(dataDir: string): Promise<() => Promise<void>> {
  const identity = ownIdentity(readMachine().bootId);
  const file = join(folderOf(dataDir), `${identity.pid}.json`);
  try {
    await makePrivateFolder(dataDir);
    await makePrivateFolder(folderOf(dataDir));
    await writeFile(file, JSON.stringify(identity), { mode: 0o600 });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(
      `writing into the data folder: ${why}: choose another with --data-dir`,
      EXIT.failure,
      {
        cause: error,
      },
    );
  }
  return async () => {
    await rm(file, { force: true });
  };
}

/** Numbers of the processes that work on the folder now; [] when the folder does not exist. */
export async function listRunningControllers(dataDir: string): Promise<readonly number[]> {
  const names = await namesIn(folderOf(dataDir));
  const { bootId } = readMachine();
  const identities = await Promise.all(
    names.map(async (name) => readIdentity(join(folderOf(dataDir), name))),
  );
  return identities.flatMap((one) => (one !== undefined && isAlive(one, bootId) ? [one.pid] : []));
}

/** Undefined for a file that is no such word: half written when the machine went down, or gone meanwhile. */
async function readIdentity(path: string): Promise<ProcessIdentity | undefined> {
  try {
    const value = JSON.parse(await readFile(path, 'utf8')) as Partial<ProcessIdentity>;
    return typeof value.pid === 'number' &&
      typeof value.startTicks === 'string' &&
      typeof value.bootId === 'string'
      ? { pid: value.pid, startTicks: value.startTicks, bootId: value.bootId }
      : undefined;
  } catch {
    return undefined;
  }
}
