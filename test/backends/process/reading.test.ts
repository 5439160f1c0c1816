import { describe, expect, it } from '@jest/globals';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { BackendUnavailableError } from '../../../lib/errors.ts';
import { readMachine } from '../../../backends/process/machine.ts';
import { findSupervised } from '../../../backends/process/supervised.ts';
import { bundle } from '../intents.ts';
import { ProcessTestBed, isRunning, shellClass, until } from './process-test-bed.ts';

const AGENT = shellClass({ agent: 'echo ready; exec sleep 300' });
const ELSEWHERE = { ...readMachine(), machineId: 'another-machine' };

describe('reading the data folder', () => {
  it('does not know the state of another machine, and touches nothing of it', async () => {
    await using bed = await ProcessTestBed.create();
    const { id, marks } = await bed.launch(AGENT);
    const elsewhere = await bed.open({ machine: ELSEWHERE });

    const listed = await elsewhere.list();
    const refusals = await Promise.allSettled([
      elsewhere.stop(id),
      elsewhere.start(id, bundle()),
      elsewhere.terminate(id),
    ]);

    expect(listed).toMatchObject([{ id, state: 'unknown', marks }]);
    expect(refusals.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(await elsewhere.endEverything()).toBe(0);
    await expect(elsewhere.removeState(marks.workspaceUid)).rejects.toThrow();
    expect(await bed.get(id)).toMatchObject({ state: 'running' });
  });

  it('does not see, stop or end what belongs to another installation', async () => {
    await using bed = await ProcessTestBed.create();
    const { id } = await bed.launch(AGENT);
    const agent = bed.agentOf(id);
    const foreign = await bed.open({ installationId: 'another-installation' });

    await foreign.terminate(id);
    const ended = await foreign.endEverything();

    expect(ended).toBe(0);
    expect(await foreign.find(id)).toBeUndefined();
    expect(await foreign.list()).toEqual([]);
    expect(isRunning(agent)).toBe(true);
  });

  it('does not touch the agents of a copy of the folder', async () => {
    await using bed = await ProcessTestBed.create();
    await using other = await ProcessTestBed.create();
    const { id, marks } = await bed.launch(AGENT);
    await other.launch(AGENT, { workspaceUid: marks.workspaceUid });
    const agent = bed.agentOf(id);

    expect(await other.backend.endEverything()).toBe(1);

    expect(isRunning(agent)).toBe(true);
  });

  it.each([
    [
      'a folder without a record',
      'w-1',
      async (path: string) => {
        await mkdir(path);
      },
    ],
    [
      'a file in place of a folder',
      'w-1',
      async (path: string) => {
        await writeFile(path, '');
      },
    ],
    [
      'a name that no instance has',
      'notes',
      async (path: string) => {
        await mkdir(path);
      },
    ],
    [
      'a garbled record',
      'w-1',
      async (path: string) => {
        await mkdir(path);
        await writeFile(`${path}/instance.json`, '{"marks":');
      },
    ],
  ])('throws rather than leave out %s, naming it and what to do', async (_what, name, make) => {
    await using bed = await ProcessTestBed.create();
    const path = bed.path('instances', name);
    await make(path);

    const listing = bed.backend.list();

    await expect(listing).rejects.toThrow(BackendUnavailableError);
    await expect(listing).rejects.toThrow(path);
    await expect(listing).rejects.toThrow(/move it.* out of "instances"|out of "instances"/);
    await rm(path, { recursive: true });
  });

  it('throws when a folder was renamed to the id of another instance', async () => {
    await using bed = await ProcessTestBed.create();
    const { id, marks } = await bed.launch(AGENT);
    await bed.backend.terminate(id);
    await bed.untilState(id, 'terminated');
    const other = bed.path('instances', `${marks.workspaceUid}-2`);
    await rename(bed.path('instances', id), other);

    await expect(bed.backend.list()).rejects.toThrow(other);
    await rm(other, { recursive: true });
  });

  it('throws when the data folder is gone: an unmounted disk is not "nothing runs"', async () => {
    await using bed = await ProcessTestBed.create();
    await rename(bed.path('instances'), bed.path('unmounted'));

    await expect(bed.backend.list()).rejects.toThrow(BackendUnavailableError);

    await rename(bed.path('unmounted'), bed.path('instances'));
  });

  it('keeps a tombstone as long as a launch may be late, then removes it with what died half made', async () => {
    await using bed = await ProcessTestBed.create();
    const { id } = await bed.launch(AGENT);
    await bed.backend.terminate(id);
    await bed.untilState(id, 'terminated');
    await mkdir(bed.path('drafts', 'half-made'));
    const later = (seconds: number) => () => new Date(Date.now() + seconds * 1000);
    const tomorrow = later(86_400)();

    const early = await bed.backend.removeTombstones(tomorrow);
    const late = await (await bed.open({ now: later(61) })).removeTombstones(tomorrow);

    expect([early, late]).toEqual([0, 1]);
    expect(await bed.backend.list()).toEqual([]);
    // To the clock of the test a minute has passed, to the machine none.
    await until('its supervisor ends', () => !findSupervised().some((one) => one.id === id));
    expect(await bed.backend.find(id)).toBeUndefined();
    expect(await readdir(bed.path('drafts'))).toEqual([]);
  });

  it('leaves nothing in a tombstone but who it was', async () => {
    await using bed = await ProcessTestBed.create();
    const { id } = await bed.launch(AGENT, { files: { token: 'secret' } });

    await bed.backend.terminate(id);
    await bed.untilState(id, 'terminated');

    const names = await bed.namesIn('instances', id);
    expect([...names].sort()).toEqual(['instance.json', 'terminated', 'terminating']);
  });

  it('ends everything of this installation, and says how many there were', async () => {
    await using bed = await ProcessTestBed.create();
    const { id } = await bed.launch(AGENT);
    const stopped = await bed.launch(AGENT);
    await bed.backend.stop(stopped.id);
    const agent = bed.agentOf(id);

    expect(await bed.backend.endEverything()).toBe(2);

    expect(isRunning(agent)).toBe(false);
    expect(new Set((await bed.backend.list()).map(({ state }) => state))).toEqual(
      new Set(['terminated']),
    );
    expect(await bed.backend.endEverything()).toBe(0);
  });
});
