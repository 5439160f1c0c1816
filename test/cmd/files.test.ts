import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readClientFile, writeClientFile } from '../../cmd/client-file.ts';
import { removeDataFolder } from '../../cmd/data-folder.ts';
import { listRunningControllers, markRunningController } from '../../cmd/running-controllers.ts';
import { EXIT } from '../../cmd/exit-codes.ts';
import { findServer } from '../../cmd/session.ts';
import { runCli } from './run-cli.ts';

let dataDir = '';

beforeEach(async () => {
  dataDir = join(await mkdtemp(join(tmpdir(), 'treeline-cmd-')), 'data');
});
afterEach(async () => {
  await rm(join(dataDir, '..'), { recursive: true, force: true });
});

describe('client.json', () => {
  it('is read back as it was written, and only its owner may read it', async () => {
    await writeClientFile(dataDir, { server: 'http://127.0.0.1:1', token: 't' });

    expect(await readClientFile(dataDir)).toEqual({ server: 'http://127.0.0.1:1', token: 't' });
    expect((await stat(join(dataDir, 'client.json'))).mode & 0o777).toBe(0o600);
    expect(await readdir(dataDir)).toEqual(['client.json']);
  });

  it('need not be there', async () => {
    expect(await readClientFile(dataDir)).toBeUndefined();
    expect(await findServer({ dataDir })).toEqual({ server: 'http://127.0.0.1:7070' });
  });

  it.each([['{'], ['{"server":7}'], ['null']])('says what to do when it holds %s', async (text) => {
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'client.json'), text);

    await expect(readClientFile(dataDir)).rejects.toThrow('give --server, or remove the file');
  });

  it('gives its token to no other server', async () => {
    await writeClientFile(dataDir, { server: 'http://127.0.0.1:1', token: 'secret' });

    expect(await findServer({ dataDir })).toEqual({
      server: 'http://127.0.0.1:1',
      token: 'secret',
    });
    expect(await findServer({ dataDir, server: 'http://other:1' })).toEqual({
      server: 'http://other:1',
    });
    expect(await findServer({ dataDir, token: 'given' })).toEqual({
      server: 'http://127.0.0.1:1',
      token: 'given',
    });
  });
});

describe('a data folder that was named, and that no controller has run with', () => {
  it.each(['tree', 'delete ada --yes', 'events -f'])('is told of by "%s"', async (argv) => {
    const env = { TREELINE_DATA_DIR: dataDir };
    const { code, stderr } = await runCli(argv.split(' '), { env });

    expect(code).toBe(EXIT.noServer);
    expect(stderr).toContain(`no controller has run with the data folder ${dataDir}: run one with`);
  });

  it('is no hindrance when the address is named as well', async () => {
    const { stderr } = await runCli(['tree', '--data-dir', dataDir], {
      server: 'http://127.0.0.1:1',
    });

    expect(stderr).toContain('127.0.0.1:1');
    expect(stderr).not.toContain('has run with');
  });

  it('is a warning to doctor', async () => {
    const { stdout } = await runCli(['doctor', '--data-dir', dataDir, '-o', 'json']);

    expect(JSON.parse(stdout)).toContainEqual(
      expect.objectContaining({
        ...{ what: 'controller', level: 'warn' },
        message: expect.stringContaining(dataDir),
      }),
    );
  });
});

describe('running controllers', () => {
  it('are listed until they take the word back', async () => {
    const unmark = await markRunningController(dataDir);

    expect(await listRunningControllers(dataDir)).toEqual([process.pid]);
    await unmark();
    expect(await listRunningControllers(dataDir)).toEqual([]);
  });

  it('do not include one that was killed', async () => {
    const child = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `const { markRunningController } = await import(${JSON.stringify(join(import.meta.dirname, '../../cmd/running-controllers.ts'))});
       await markRunningController(${JSON.stringify(dataDir)});
       process.kill(process.pid, 'SIGKILL');`,
    ]);
    await new Promise((resolve) => child.once('exit', resolve));

    expect(await readdir(join(dataDir, 'controllers'))).toHaveLength(1);
    expect(await listRunningControllers(dataDir)).toEqual([]);
  });

  it('are not found in a garbled file', async () => {
    await mkdir(join(dataDir, 'controllers'), { recursive: true });
    await writeFile(join(dataDir, 'controllers', '1.json'), '{"pid":1');

    expect(await listRunningControllers(dataDir)).toEqual([]);
  });
});

describe('removeDataFolder', () => {
  it('removes what is ours and the folder', async () => {
    await mkdir(join(dataDir, 'instances', 'a'), { recursive: true });
    await writeFile(join(dataDir, 'installation-id'), 'x');

    expect(await removeDataFolder(dataDir)).toEqual([]);
    await expect(stat(dataDir)).rejects.toThrow('ENOENT');
  });

  it('leaves alone what is not ours', async () => {
    await mkdir(join(dataDir, 'state'), { recursive: true });
    await writeFile(join(dataDir, 'thesis.txt'), 'years of work');

    expect(await removeDataFolder(dataDir)).toEqual(['thesis.txt']);
    expect(await readdir(dataDir)).toEqual(['thesis.txt']);
  });
});
