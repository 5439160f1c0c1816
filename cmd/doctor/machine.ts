import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import type { Address } from '../setting.ts';
import { failure, ok, warning, type Finding } from './finding.ts';

/** The sources run as they are since this version (package.json brings it along). */
const NODE_MAJOR = 24;

export function checkNode(version: string): Finding {
  return Number.parseInt(version) >= NODE_MAJOR
    ? ok('node', `version ${version}`)
    : failure(
        'node',
        `version ${version} is too old`,
        `use Node ${NODE_MAJOR}: \`npm ci\` brings it, \`npx treeline\` uses it`,
      );
}

export async function checkDataFolder(dataDir: string): Promise<Finding> {
  const found = await stat(dataDir).catch(() => undefined);
  const existing = await nearestExisting(dataDir);
  if (found?.isDirectory() === false) {
    return failure('data folder', `${dataDir} is no folder`, 'choose another with --data-dir');
  }
  try {
    await access(existing, constants.W_OK);
  } catch {
    return failure(
      'data folder',
      `${existing} is not writable`,
      'change its owner, or choose another folder with --data-dir',
    );
  }
  if (found === undefined) {
    return ok('data folder', `${dataDir} will be made by \`treeline run\``);
  }
  return (found.mode & 0o077) === 0
    ? ok('data folder', dataDir)
    : warning('data folder', `others may look into ${dataDir}`, `chmod 700 ${dataDir}`);
}

const MIB = 1024 * 1024;
/** Below this PostgreSQL and agents' logs fill the rest within minutes. */
const FAIL_BELOW_MIB = 100;
/** A day of logs of a small fleet. */
const WARN_BELOW_MIB = 1024;

export async function checkDisk(dataDir: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(await nearestExisting(dataDir));
  return judgeDisk(Math.floor((bavail * bsize) / MIB));
}

/** Pure part of `checkDisk`. */
export function judgeDisk(freeMib: number): Finding {
  const message = `${freeMib} MiB free in the data folder`;
  const todo = 'free some space, or choose another folder with --data-dir';
  if (freeMib < FAIL_BELOW_MIB) {
    return failure('disk', message, todo);
  }
  return freeMib < WARN_BELOW_MIB ? warning('disk', message, todo) : ok('disk', message);
}

/** Whether `treeline run` could listen there. A controller of ours that does already is fine. */
export async function checkPort(listen: Address, isOursListening: boolean): Promise<Finding> {
  const where = `${listen.host}:${listen.port}`;
  if (isOursListening) {
    return ok('port', 'not looked at: a controller works on this data folder');
  }
  const problem = await tryToListen(listen);
  return problem === undefined
    ? ok('port', `${where} is free`)
    : failure(
        'port',
        `${where} cannot be listened at: ${problem}`,
        'choose another address with --listen or TREELINE_LISTEN',
      );
}

async function tryToListen({ host, port }: Address): Promise<string | undefined> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  server.once('error', (error: NodeJS.ErrnoException) => {
    resolve(error.code ?? error.message);
  });
  server.listen(port, host, () => {
    server.close(() => {
      resolve(undefined);
    });
  });
  return promise;
}

async function nearestExisting(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    const found = await stat(at).catch(() => undefined);
    if (found !== undefined || at === dirname(at)) {
      return at;
    }
  }
}
