import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readMachine } from '../../../backends/process/machine.ts';
import { ProcessBackend } from '../../../backends/process/process-backend.ts';
import { EXIT } from '../../../cmd/exit-codes.ts';
import { markRunningController } from '../../../cmd/running-controllers.ts';
import { systemClock } from '../../../lib/clock.ts';
import { bundle, intentFor } from '../../backends/intents.ts';
import { runCli, type CliResult } from '../run-cli.ts';

let folder = '';
let dataDir = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'treeline-clean-'));
  dataDir = join(folder, 'data');
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const clean = (): Promise<CliResult> => runCli(['clean', '--data-dir', dataDir]);

/** A process that runs until it is ended. */
async function launch(installationId: string): Promise<ProcessBackend> {
  const backend = await ProcessBackend.open({
    folder: dataDir,
    installationId,
    machine: readMachine(),
    clock: systemClock,
    workingDirectory: folder,
    path: '/usr/bin:/bin',
  });
  const spec = {
    backend: 'process' as const,
    process: { runtimes: { agent: { command: ['sleep', '600'] } } },
  };
  await backend.launch(await intentFor(backend, spec, { installationId }), bundle());
  return backend;
}

describe('clean', () => {
  it('says that there is nothing to do', async () => {
    expect(await clean()).toEqual({
      code: EXIT.ok,
      stdout: `nothing to clean: there is nothing of Treeline in ${dataDir}\n`,
      stderr: '',
    });
  });

  it('does not touch a folder that is not ours', async () => {
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'thesis.txt'), 'years of work');

    expect((await clean()).stdout).toContain('nothing to clean');
    expect(await readdir(dataDir)).toEqual(['thesis.txt']);
  });

  it('ends what runs, of whatever installation, and removes the folder', async () => {
    const [one, other] = [await launch('one'), await launch('other')];
    const listed = [...(await one.list()), ...(await other.list())];

    const result = await clean();

    expect(listed.map(({ state }) => state)).toEqual(['running', 'running']);
    expect(result).toEqual({
      code: EXIT.ok,
      stdout: `2 instances ended, removed ${dataDir}\n`,
      stderr: '',
    });
    await expect(stat(dataDir)).rejects.toThrow('ENOENT');
  });

  it('refuses while a controller works on it, and says how to stop it', async () => {
    const unmark = await markRunningController(dataDir);

    const result = await clean();
    expect(result.code).toBe(EXIT.refused);
    expect(result.stderr).toContain(`a controller (process ${process.pid}) works on ${dataDir}`);
    expect(result.stderr).toContain(`kill ${process.pid}`);

    await unmark();
    expect((await clean()).code).toBe(EXIT.ok);
  });

  it('refuses when instances belong to another machine', async () => {
    const instance = join(dataDir, 'instances', 'abc-1');
    await mkdir(instance, { recursive: true });
    await writeFile(
      join(instance, 'instance.json'),
      JSON.stringify({
        marks: { installationId: 'i', namespace: 'default', name: 'ada' },
        machineId: 'elsewhere',
        createdAt: '2026-01-01T00:00:00Z',
        details: {},
      }),
    );

    const result = await clean();

    expect(result.code).toBe(EXIT.refused);
    expect(result.stderr).toContain('instances of another machine (default/ada)');
    expect(await readdir(dataDir)).toContain('instances');
  });
});
