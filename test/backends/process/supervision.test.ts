import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BackendUnavailableError } from '../../../lib/errors.ts';
import { bundle, intentFor } from '../intents.ts';
import {
  ProcessTestBed,
  isRunning,
  processesWith,
  readProc,
  shellClass,
  until,
} from './process-test-bed.ts';

const AGENT = shellClass({ agent: 'echo ready; exec sleep 300' }, { stopGracePeriod: '1s' });

/** An agent with a child in its group and a grandchild in a session of its own. */
const FAMILY = `sleep 301 & setsid sh -c 'sleep 302 & echo ready; wait' &`;
/** One that dropped its environment as well: only its session tells whose it is. */
const SCRUBBED = `env -i /bin/sleep 303 & ${FAMILY}`;

describe('supervising an agent', () => {
  it('ends the agent with its supervisor, and keeps as evidence what happened', async () => {
    await using bed = await ProcessTestBed.create();
    const { id } = await bed.launch(AGENT);
    const agent = bed.agentOf(id);

    process.kill(bed.supervisorOf(id), 'SIGKILL');

    await until('the agent is gone', () => !isRunning(agent));
    const { exit } = await bed.untilState(id, 'stopped');
    expect(exit?.log).toContain('ready\ntreeline: its supervisor was killed');
  });

  it('ends the whole family of an agent with its supervisor', async () => {
    await using bed = await ProcessTestBed.create();
    const { id } = await bed.launch(shellClass({ agent: `${FAMILY} sleep 300; exit 7` }));
    const family = processesWith(`TREELINE_INSTANCE=${id}`);

    process.kill(bed.supervisorOf(id), 'SIGKILL');

    await until('all of it is gone', () => !family.some(isRunning));
    expect(family.length).toBeGreaterThanOrEqual(5);
    expect(await bed.untilState(id, 'stopped')).toHaveProperty('exit');
  });

  it('starts anew after its supervisor was killed, without what it left behind', async () => {
    await using bed = await ProcessTestBed.create();
    const { id } = await bed.launch(shellClass({ agent: `${FAMILY} exec sleep 300` }));
    const before = processesWith(`TREELINE_INSTANCE=${id}`);
    process.kill(bed.supervisorOf(id), 'SIGKILL');
    await bed.untilState(id, 'stopped');

    await bed.backend.start(id, bundle());

    expect(before.length).toBeGreaterThanOrEqual(4);
    expect(before.filter(isRunning)).toEqual([]);
    expect(await bed.get(id)).toMatchObject({ state: 'running' });
  });

  it('records the signal that killed an agent', async () => {
    await using bed = await ProcessTestBed.create();
    const { id } = await bed.launch(AGENT);

    process.kill(bed.agentOf(id), 'SIGKILL');

    const { exit } = await bed.untilState(id, 'stopped');
    expect(exit).toMatchObject({ signal: 'SIGKILL', log: 'ready\n' });
    expect(exit).not.toHaveProperty('code');
  });

  it('ends everything that an agent left behind when it ended by itself', async () => {
    await using bed = await ProcessTestBed.create();
    const { id } = await bed.launch(shellClass({ agent: `${SCRUBBED} sleep 300; exit 7` }));
    const family = processesWith(`TREELINE_INSTANCE=${id}`);
    const agent = bed.agentOf(id);

    process.kill(agent, 'SIGKILL');

    await bed.untilState(id, 'stopped');
    expect(family.length).toBeGreaterThanOrEqual(4);
    expect(family.filter(isRunning)).toEqual([]);
    expect(processesInSession(agent)).toEqual([]);
  });

  it('stops the whole family of an agent', async () => {
    await using bed = await ProcessTestBed.create();
    const { id } = await bed.launch(
      shellClass({ agent: `${SCRUBBED} exec sleep 300` }, { stopGracePeriod: '5s' }),
    );
    const family = processesWith(`TREELINE_INSTANCE=${id}`);
    const agent = bed.agentOf(id);

    await bed.backend.stop(id);

    await bed.untilState(id, 'stopped');
    expect(family.length).toBeGreaterThanOrEqual(4);
    expect(family.filter(isRunning)).toEqual([]);
    expect(processesInSession(agent)).toEqual([]);
  });

  it('asks those that went into a process group of their own as well', async () => {
    await using bed = await ProcessTestBed.create();
    const worker = `trap 'echo worker ends; exit' TERM; echo ready; while :; do sleep 0.05; done`;
    await writeFile(bed.path('worker.sh'), worker);
    // With job control, bash gives each command in the background a process group.
    const shell = `exec bash -c 'set -m; env -i /bin/sh ${bed.path('worker.sh')} & exec sleep 300'`;
    const { id } = await bed.launch(shellClass({ agent: shell }, { stopGracePeriod: '10s' }));

    await bed.backend.stop(id);

    await bed.untilState(id, 'stopped');
    expect(await bed.backend.readLog(id, 100)).toContain('worker ends');
  });

  it('goes although a process that it cannot tell to be its own holds the output open', async () => {
    await using bed = await ProcessTestBed.create();
    const daemon = `env -i setsid sh -c 'echo $$ > daemon; echo ready; exec sleep 300' &`;
    const { id, marks } = await bed.launch(
      shellClass({ agent: `${daemon} until test -e go; do sleep 0.02; done` }),
    );
    const supervisor = bed.supervisorOf(id);
    const daemonFile = bed.path('state', marks.workspaceUid, 'daemon');
    await writeFile(bed.path('state', marks.workspaceUid, 'go'), '');
    await bed.untilState(id, 'stopped');

    await bed.backend.terminate(id);

    await bed.untilState(id, 'terminated');
    await until('the supervisor is gone', () => !isRunning(supervisor));
    process.kill(Number(await readFile(daemonFile, 'utf8')), 'SIGKILL');
  });

  it('gives an agent its grace period, then kills it', async () => {
    await using bed = await ProcessTestBed.create();
    const deaf = `trap 'echo deaf' TERM; echo ready; while :; do sleep 0.05; done`;
    const { id } = await bed.launch(shellClass({ agent: deaf }, { stopGracePeriod: '1s' }));
    const agent = bed.agentOf(id);
    const begun = performance.now();

    await bed.backend.stop(id);

    expect(await bed.get(id)).toMatchObject({ state: 'stopping' });
    await bed.untilState(id, 'stopped');
    expect(performance.now() - begun).toBeGreaterThan(900);
    expect(isRunning(agent)).toBe(false);
    expect(await bed.backend.readLog(id, 100)).toContain('deaf');
  });

  it.each(['stop', 'terminating'])(
    'ends an agent whose controller died right after it wrote the mark %j',
    async (mark) => {
      await using bed = await ProcessTestBed.create();
      const { id } = await bed.launch(AGENT);
      const agent = bed.agentOf(id);
      const folder = { stop: bed.runFolder(id), terminating: bed.path('instances', id) }[mark];

      await writeFile(join(folder ?? '', mark), '');

      await until('the agent is gone', () => !isRunning(agent));
      const state = { stop: 'stopped', terminating: 'terminated' } as const;
      await bed.untilState(id, state[mark as 'stop' | 'terminating']);
    },
  );

  it('lets an instance be terminated whose supervisor was killed', async () => {
    await using bed = await ProcessTestBed.create();
    const { id } = await bed.launch(AGENT);
    await writeFile(bed.path('instances', id, 'terminating'), '');
    process.kill(bed.supervisorOf(id), 'SIGKILL');
    await bed.untilState(id, 'stopped');

    await bed.backend.terminate(id);

    expect(await bed.get(id)).toMatchObject({ state: 'terminated' });
  });

  it('ends an agent whose folder somebody removed: nobody could find it any more', async () => {
    await using bed = await ProcessTestBed.create();
    const { id } = await bed.launch(AGENT);
    const agent = bed.agentOf(id);

    await rm(bed.path('instances', id), { recursive: true });

    await until('the agent is gone', () => !isRunning(agent));
    expect(await bed.backend.list()).toEqual([]);
  });

  it('takes an agent whose folder somebody removed for absent only once it has ended', async () => {
    await using bed = await ProcessTestBed.create();
    const deaf = `trap '' TERM; echo ready; while :; do sleep 0.05; done`;
    const classSpec = shellClass({ agent: deaf }, { stopGracePeriod: '2s' });
    const { id, marks } = await bed.launch(classSpec, { attempt: 1 });
    const agent = bed.agentOf(id);
    await rm(bed.path('instances', id), { recursive: true });
    const next = await intentFor(bed.backend, classSpec, { ...marks, attempt: 2 });

    const find = bed.backend.find(id);
    const launch = bed.backend.launch(next, bundle());

    await expect(find).rejects.toThrow(`the folder of instance ${id} is gone and its agent still`);
    await expect(launch).rejects.toThrow(BackendUnavailableError);
    expect(await bed.namesIn('instances')).toEqual([]);
    await until('it is absent', () =>
      bed.backend.find(id).then(
        (seen) => seen === undefined,
        () => false,
      ),
    );
    expect(isRunning(agent)).toBe(false);
    expect(await bed.backend.launch(next, bundle())).toMatchObject({ state: 'running' });
  });

  it('never signals a process that got the number of a dead one', async () => {
    await using bed = await ProcessTestBed.create();
    const { id } = await bed.launch(AGENT);
    process.kill(bed.supervisorOf(id), 'SIGKILL');
    await bed.untilState(id, 'stopped');
    const stranger = spawn('sleep', ['300']);
    await replaceNumbers(bed, id, stranger.pid ?? 0);
    const backend = await bed.open();

    const seen = await backend.find(id);
    await backend.stop(id);
    await backend.terminate(id);

    expect(seen).toMatchObject({ state: 'stopped' });
    expect(await backend.find(id)).toMatchObject({ state: 'terminated' });
    expect(isRunning(stranger.pid ?? 0)).toBe(true);
    stranger.kill('SIGKILL');
  });

  it('takes everything for stopped after the machine was restarted', async () => {
    await using bed = await ProcessTestBed.create();
    const { id } = await bed.launch(AGENT);
    const agent = bed.agentOf(id);
    const claim = bed.readRunFile(id, 'claim.json');
    await bed.backend.stop(id);
    await bed.untilState(id, 'stopped');
    // As the folder would look if the power had failed before the stop.
    await rm(join(bed.runFolder(id), 'exit.json'));
    await rm(join(bed.runFolder(id), 'stop'));
    await writeFile(
      join(bed.runFolder(id), 'claim.json'),
      claim.replace(/"bootId":"[^"]*"/, '"bootId":"an earlier boot"'),
    );
    const backend = await bed.open();

    const seen = await backend.find(id);

    expect(isRunning(agent)).toBe(false);
    expect(seen).toMatchObject({
      state: 'stopped',
      exit: { log: 'ready\ntreeline: the machine was restarted\n' },
    });
    await backend.start(id, bundle());
    expect(await backend.find(id)).toMatchObject({ state: 'running' });
  });

  it('keeps the log short, and the end of it as evidence', async () => {
    await using bed = await ProcessTestBed.create();
    const chatty = `yes "$(printf '%01000d' 0)" | head -n 25000; echo last words; exit 3`;
    const { id, marks } = await bed.launch(
      shellClass({ agent: `echo ready; until test -e go; do sleep 0.02; done; ${chatty}` }),
    );
    await writeFile(bed.path('state', marks.workspaceUid, 'go'), '');

    const { exit } = await bed.untilState(id, 'stopped');

    const sizes = await Promise.all(
      ['log', 'log.1'].map(
        async (name) => (await readFile(bed.path('instances', id, name))).length,
      ),
    );
    expect(Math.max(...sizes)).toBeLessThan(11 * 1024 * 1024);
    expect(existsSync(bed.path('instances', id, 'log.2'))).toBe(false);
    expect(exit?.log.length).toBeLessThanOrEqual(4096);
    expect(exit?.log.endsWith('\nlast words\n')).toBe(true);
    expect((await bed.backend.readLog(id, 3)).split('\n')[2]).toBe('last words');
  });

  it('keeps the agent running on a full disk, and its last words as evidence', async () => {
    await using bed = await ProcessTestBed.create();
    const talking = 'echo ready; until test -e end; do echo more; sleep 0.02; done; exit 4';
    const { id, marks } = await bed.launch(shellClass({ agent: talking }));
    await bed.backend.stop(id);
    await bed.untilState(id, 'stopped');
    await rm(bed.path('instances', id, 'log'));
    await symlink('/dev/full', bed.path('instances', id, 'log'));

    await bed.backend.start(id, bundle());

    await writeFile(bed.path('state', marks.workspaceUid, 'end'), '');
    const { exit } = await bed.untilState(id, 'stopped');
    expect(exit).toMatchObject({ code: 4, log: expect.stringContaining('ready\n') });
  });
});

/** Makes the records of a dead supervisor and agent name another live process, as when numbers come round. */
async function replaceNumbers(bed: ProcessTestBed, id: string, pid: number): Promise<void> {
  const folder = bed.runFolder(id);
  const claim = bed.readRunFile(id, 'claim.json').replace(/"pid":\d+/, `"pid":${String(pid)}`);
  await writeFile(join(folder, 'claim.json'), claim);
  const agent = bed.readRunFile(id, 'agent').replace(/^\d+/, String(pid));
  await writeFile(join(folder, 'agent'), agent);
}

function processesInSession(session: number): readonly number[] {
  return processesWith('').filter(
    (pid) => readProc(pid, 'stat').split(') ')[1]?.split(' ')[3] === String(session),
  );
}
