import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Clock } from '../../lib/clock.ts';
import { errorCode } from '../../lib/error-code.ts';
import type { EnvMutator } from '../../provisioning/env-mutators.ts';
import { usageError, usageErrors } from '../cli-error.ts';
import { commandMutator } from './command-mutator.ts';
import { loadModuleMutator } from './module-mutator.ts';
import { parseMutatorFile, type MutatorEntry } from './mutator-file.ts';

export interface MutatorsRequest {
  /** `--env-mutators`, absolute; none: there are no mutators. */
  readonly envMutators?: string;
  /** `PATH` of commands. */
  readonly path: string;
  readonly clock: Pick<Clock, 'schedule'>;
}

/**
 * The env mutators of a file, in its order. Commands run in the folder of the file, and modules are looked for there.
 * Throws a usage error that names file and field, all of them.
 */
export async function loadEnvMutators(request: MutatorsRequest): Promise<readonly EnvMutator[]> {
  const { envMutators: file } = request;
  if (file === undefined) {
    return [];
  }
  const parsed = parseMutatorFile(await readText(file));
  if ('problems' in parsed) {
    throw usageErrors(parsed.problems.map((problem) => `env mutators ${file}: ${problem}`));
  }
  const mutators: EnvMutator[] = [];
  for (const [index, entry] of parsed.entries.entries()) {
    mutators.push(await load(entry, `env mutators ${file}: [${index}]`, { ...request, file }));
  }
  return mutators;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = errorCode(error) ?? String(error);
    throw usageError(`env mutators ${file}: cannot be read: ${code}`);
  }
}

async function load(
  entry: MutatorEntry,
  at: string,
  { file, path, clock }: MutatorsRequest & { readonly file: string },
): Promise<EnvMutator> {
  const folder = dirname(file);
  if ('command' in entry) {
    return commandMutator({ ...entry, workingDirectory: folder, path, clock });
  }
  try {
    return await loadModuleMutator({ ...entry, path: resolve(folder, entry.module), clock });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw usageError(`${at}.module cannot be loaded: ${why}`);
  }
}
