import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../lib/error-code.ts';
import { usageError } from './cli-error.ts';
import { makePrivateFolder } from './data-folder.ts';

/** What `treeline run` leaves in the data folder so that the other verbs find it. */
export interface ClientFile {
  readonly server: string;
  readonly token?: string;
}

function clientFilePath(dataDir: string): string {
  return join(dataDir, 'client.json');
}

/** Written whole or not at all, readable by its owner only: it may hold a token. */
export async function writeClientFile(dataDir: string, file: ClientFile): Promise<void> {
  await makePrivateFolder(dataDir);
  const temporary = join(dataDir, `client.json.${randomUUID()}`);
  await writeFile(temporary, `${JSON.stringify(file, undefined, 2)}\n`, { mode: 0o600 });
  await rename(temporary, clientFilePath(dataDir));
}

/** Undefined when there is none. Throws a usage error when it cannot be read. */
export async function readClientFile(dataDir: string): Promise<ClientFile | undefined> {
  const path = clientFilePath(dataDir);
  try {
    return toClientFile(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      return undefined;
    }
    const why = error instanceof Error ? error.message : String(error);
    throw usageError(`reading ${path}: ${why}: give --server, or remove the file`);
  }
}

function toClientFile(value: unknown): ClientFile {
  const { server, token } = value as Partial<Record<string, unknown>>;
  if (typeof server !== 'string' || URL.parse(server) === null) {
    throw new Error('"server" is not a URL');
  }
  return { server, ...(typeof token === 'string' ? { token } : {}) };
}
