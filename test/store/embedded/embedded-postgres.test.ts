import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClosedFolder } from './server-in-folder.ts';
import { closedFolder, isAlive, query, readServerPid, startIn } from './server-in-folder.ts';

// One folder for all: making the data takes most of the time.
let folder: ClosedFolder;

beforeAll(async () => {
  folder = await closedFolder();
});

afterAll(async () => {
  await folder[Symbol.asyncDispose]();
});

describe('the embedded PostgreSQL', () => {
  it('finds its data again after a stop', async () => {
    const first = await startIn(folder.path);
    await query(first, 'create table words as select 42 as n');
    await first.stop();

    await using second = await startIn(folder.path);

    expect(await query(second, 'select n from words')).toEqual([42]);
  });

  it('is gone when stop resolves, may be stopped again, and calls nobody', async () => {
    const server = await startIn(folder.path);
    const pid = await readServerPid(folder.path);
    const calls: Error[] = [];
    server.onUnexpectedExit((error) => calls.push(error));

    await server.stop();
    await server.stop();

    expect(isAlive(pid)).toBe(false);
    expect(calls).toEqual([]);
  });

  it('opens no TCP port, only a socket, and asks for its password there', async () => {
    await using server = await startIn(folder.path);
    const { connection } = server;
    const intruder = { ...server, connection: { ...connection, password: 'guessed' } };

    expect(connection.host).toBe(join(folder.path, 'run'));
    expect(connection.password).toHaveLength(32);
    expect(await query(server, 'show listen_addresses')).toEqual(['']);
    await expect(query(intruder, 'select 1')).rejects.toThrow('password authentication failed');
  });

  it('keeps its folder, data, socket and password from other users', async () => {
    await using _server = await startIn(folder.path);

    const modes = ['.', 'data', 'run', 'password', 'postgres.log'].map(
      async (name) => (await stat(join(folder.path, name))).mode & 0o777,
    );

    expect(await Promise.all(modes)).toEqual([0o700, 0o700, 0o700, 0o600, 0o600]);
  });

  it('keeps committed data through a power failure unless told otherwise', async () => {
    await using server = await startIn(folder.path, { isDurable: true });

    expect(await query(server, 'show fsync')).toEqual(['on']);
  });

  it('removes what a dead server left, even when its pid is alive again', async () => {
    const first = await startIn(folder.path);
    const pidFile = await readFile(join(folder.path, 'data', 'postmaster.pid'), 'utf8');
    await first.stop();
    const stale = pidFile.replace(/^\d+/, String(process.pid));
    await writeFile(join(folder.path, 'data', 'postmaster.pid'), stale);
    await writeFile(join(folder.path, 'run', '.s.PGSQL.5432.lock'), stale);

    await using second = await startIn(folder.path);

    expect(await query(second, 'select 1')).toEqual([1]);
  });

  it.each(['long '.repeat(25), `it's "quoted", $HOME`])(
    'runs in a folder with the name %j',
    async (name) => {
      await using temporary = await closedFolder();

      await using server = await startIn(join(temporary.path, name), {
        temporaryFolder: temporary.path,
      });

      expect(await query(server, 'select 1')).toEqual([1]);
      expect((await stat(server.connection.host)).mode & 0o777).toBe(0o700);
    },
  );
});
