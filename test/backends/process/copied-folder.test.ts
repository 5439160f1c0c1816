import { describe, expect, it } from '@jest/globals';
import { cp, mkdtemp, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMachine } from '../../../backends/process/machine.ts';
import { ProcessBackend } from '../../../backends/process/process-backend.ts';
import { systemClock } from '../../../lib/clock.ts';
import { INSTALLATION_ID, bundle } from '../intents.ts';
import { ProcessTestBed, isRunning, shellClass, until } from './process-test-bed.ts';

const AGENT = shellClass({ agent: 'echo ready; exec sleep 300' }, { stopGracePeriod: '1s' });

describe('another data folder of the same installation on the same machine', () => {
  it('takes for absent only what does not run there', async () => {
    await using bed = await ProcessTestBed.create();
    await using other = await ProcessTestBed.create();
    const { id } = await bed.launch(AGENT);

    const find = other.backend.find(id);

    await expect(find).rejects.toThrow(`runs for the data folder ${bed.folder}`);
    await bed.backend.endEverything();
    expect(await other.backend.find(id)).toBeUndefined();
  });
});

describe('a copy of a data folder on the same machine', () => {
  it('does not know the state of agents that run for the original, and touches none of them', async () => {
    await using bed = await ProcessTestBed.create();
    const { id, marks } = await bed.launch(AGENT);
    const agent = bed.agentOf(id);
    await using copy = await copyOf(bed);

    const listed = await copy.backend.list();
    const refusals = await Promise.allSettled([
      copy.backend.stop(id),
      copy.backend.start(id, bundle()),
      copy.backend.terminate(id),
      copy.backend.endEverything(),
      copy.backend.removeState(marks.workspaceUid),
    ]);

    expect(listed).toMatchObject([{ id, state: 'unknown' }]);
    expect(refusals.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
    expect(refusals[2]).toMatchObject({
      reason: { reason: 'BackendUnavailable', message: expect.stringContaining(bed.folder) },
    });
    expect(isRunning(agent)).toBe(true);
    expect(await bed.get(id)).toMatchObject({ state: 'running' });
  });

  it('is a folder of its own once the original has ended them', async () => {
    await using bed = await ProcessTestBed.create();
    const { id } = await bed.launch(AGENT);
    await using copy = await copyOf(bed);
    await bed.backend.stop(id);
    await bed.untilState(id, 'stopped');

    await until('the copy sees it', async () => {
      return (await copy.backend.find(id))?.state === 'stopped';
    });
    await copy.backend.start(id, bundle());

    expect(await copy.backend.find(id)).toMatchObject({ state: 'running' });
    expect(await bed.get(id)).toMatchObject({ state: 'stopped' });
  });

  it('is not a folder that is reached by another name', async () => {
    await using bed = await ProcessTestBed.create();
    const { id } = await bed.launch(AGENT);
    const moved = `${bed.folder}-moved`;
    await rename(bed.folder, moved);
    await symlink(moved, bed.folder);

    const seen = await (await open(moved)).find(id);

    await rm(bed.folder);
    await rename(moved, bed.folder);
    expect(seen).toMatchObject({ state: 'running' });
  });
});

async function open(folder: string): Promise<ProcessBackend> {
  return await ProcessBackend.open({
    folder,
    installationId: INSTALLATION_ID,
    machine: readMachine(),
    clock: systemClock,
    workingDirectory: folder,
    path: '/usr/bin:/bin',
  });
}

/** As `cp -a` makes it; what runs in it is ended when the test is over. */
async function copyOf(
  bed: ProcessTestBed,
): Promise<{ readonly backend: ProcessBackend } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'treeline-copy-'));
  await cp(bed.folder, folder, {
    recursive: true,
    preserveTimestamps: true,
    verbatimSymlinks: true,
  });
  const backend = await open(folder);
  return {
    backend,
    async [Symbol.asyncDispose]() {
      // The original goes later: only what the copy itself has started is ended here.
      await backend.endEverything().catch(() => 0);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
