import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { ConflictError, TerminalError } from '../../../lib/errors.ts';
import { bundle, intentFor } from '../intents.ts';
import { runOtherController } from './other-controller.ts';
import {
  ProcessTestBed,
  environmentOf,
  processesWith,
  readProc,
  shellClass,
  until,
} from './process-test-bed.ts';

/** Writes down each start in its own folder, which outlives attempts. */
const COUNTING = shellClass({ agent: 'echo $$ >> starts; echo ready; exec sleep 300' });

describe('launching a process', () => {
  it('gives one agent when four controllers launch the same intent at once', async () => {
    await using bed = await ProcessTestBed.create();
    const intent = await intentFor(bed.backend, COUNTING);
    const work = { intent, bundle: bundle() };

    const others = Array.from({ length: 4 }, () => runOtherController(bed.folder, work));
    await Promise.all(others.map(({ ended }) => ended));

    const [instance] = await bed.backend.list();
    expect(instance).toMatchObject({ state: 'running', marks: intent.marks });
    expect(await bed.startsOf(intent.marks.workspaceUid)).toHaveLength(1);
  });

  it.each([
    ['has begun', () => true],
    ['has made the folder', (bed: ProcessTestBed, id: string) => bed.has('instances', id)],
    [
      'has started the supervisor',
      (bed: ProcessTestBed, id: string) => bed.has('instances', id, 'supervisor.log'),
    ],
    [
      'has a supervisor with a claim',
      (bed: ProcessTestBed, id: string) => bed.has('instances', id, 'run-1', 'claim.json'),
    ],
    [
      'has an agent',
      (bed: ProcessTestBed, id: string) => bed.has('instances', id, 'run-1', 'agent'),
    ],
  ])('gives one agent when the controller is killed once it %s', async (_step, isThere) => {
    await using bed = await ProcessTestBed.create();

    const id = await launchKilledWhen(bed, isThere);

    expect(await bed.get(id)).toMatchObject({ state: 'running' });
    expect(await bed.startsOf(id.slice(0, -2))).toHaveLength(1);
  });

  it('gives one agent at whatever moment the controller is killed', async () => {
    await using bed = await ProcessTestBed.create();
    const delays = Array.from({ length: 12 }, (_, index) => index * 20);

    const ids = [];
    for (const delay of delays) {
      ids.push(await launchKilledWhen(bed, after(delay)));
    }

    const instances = await bed.backend.list();
    expect(instances.map(({ id }) => id).sort()).toEqual(ids.sort());
    expect(new Set(instances.map(({ state }) => state))).toEqual(new Set(['running']));
    const starts = instances.map(({ marks }) => bed.startsOf(marks.workspaceUid));
    expect((await Promise.all(starts)).map(({ length }) => length)).toEqual(delays.map(() => 1));
  });

  it('starts with the files in place, below the folder that the environment names', async () => {
    await using bed = await ProcessTestBed.create();
    const script = 'cat "$WORKSPACE_CONFIG_PATH/prompts/system.md"; echo ready; exec sleep 300';

    const { id } = await bed.launch(shellClass({ agent: script }), {
      files: { 'prompts/system.md': 'You are a director.\n' },
    });

    expect(await bed.backend.readLog(id, 2)).toBe('You are a director.\nready\n');
  });

  it.each(['../escape', '/etc/escape', 'a/../../escape', 'a//b', '', '.', 'a/./b', 'nul\0'])(
    'refuses the path %j in a bundle, and leaves nothing behind',
    async (path) => {
      await using bed = await ProcessTestBed.create();
      const intent = await intentFor(bed.backend, COUNTING);

      const launch = bed.backend.launch(intent, bundle({ files: { [path]: 'x' } }));

      await expect(launch).rejects.toMatchObject({
        name: TerminalError.name,
        reason: 'InvalidSpec',
      });
      expect(await bed.backend.list()).toEqual([]);
    },
  );

  it('refuses a path that is a file and a folder at once, and leaves nothing behind', async () => {
    await using bed = await ProcessTestBed.create();
    const classSpec = shellClass({ agent: 'true' }, { portRange: '23100-23109' });
    const intent = await intentFor(bed.backend, classSpec);

    const launch = bed.backend.launch(intent, bundle({ files: { a: 'x', 'a/b': 'y' } }));

    await expect(launch).rejects.toMatchObject({ reason: 'InvalidSpec' });
    expect(await bed.backend.list()).toEqual([]);
    expect(await bed.namesIn('drafts')).toEqual([]);
    expect(await bed.namesIn('ports')).toEqual([]);
  });

  it('gives the agent its own environment and nothing of the controller', async () => {
    await using bed = await ProcessTestBed.create();
    const classSpec = shellClass({ agent: 'echo ready; exec sleep 300' });
    const intent = await intentFor(bed.backend, classSpec);
    const env = {
      MODEL: 'sonnet',
      WORKSPACE_ID: 'stolen',
      PORT: '80',
      TREELINE_INSTANCE: 'stolen',
    };

    await runOtherController(bed.folder, { intent, bundle: bundle({ env }) }).ended;

    const id = `${intent.marks.workspaceUid}-1`;
    const names = ['HOME', 'LANG', 'MODEL', 'PATH', 'TREELINE_INSTANCE', 'TREELINE_INSTANCE_KEY'];
    const seen = Object.fromEntries(
      environmentOf(bed.agentOf(id)).map((entry) => entry.split(/=(.*)/s).slice(0, 2)),
    ) as Record<string, string>;
    expect(seen).toMatchObject({
      HOME: bed.path('state', intent.marks.workspaceUid),
      MODEL: 'sonnet',
      WORKSPACE_ID: intent.marks.workspaceUid,
      TREELINE_INSTANCE: id,
    });
    expect(
      Object.keys(seen)
        .filter((name) => !['PWD', 'OLDPWD', '_', 'SHLVL'].includes(name))
        .sort(),
    ).toEqual([...names, 'WORKSPACE_CONFIG_PATH', 'WORKSPACE_ID', 'WORKSPACE_NAME'].sort());
    expect(environmentOf(bed.supervisorOf(id)).join()).not.toContain('not for agents');
  });

  it('shows a secret in no command line and on no disk once the agent runs', async () => {
    await using bed = await ProcessTestBed.create();
    const secret = `secret-${randomUUID()}`;

    const { id } = await bed.launch(COUNTING, { env: { API_KEY: secret } });

    const commandLines = [bed.agentOf(id), bed.supervisorOf(id)].map((pid) =>
      readProc(pid, 'cmdline'),
    );
    expect(commandLines.join()).toContain('sleep');
    expect(commandLines.join()).not.toContain(secret);
    expect(environmentOf(bed.agentOf(id))).toContain(`API_KEY=${secret}`);
    await expect(stat(join(bed.runFolder(id), 'env.json'))).rejects.toThrow('ENOENT');
  });

  it('keeps its folders closed to other users', async () => {
    await using bed = await ProcessTestBed.create();

    const { id } = await bed.launch(COUNTING, { files: { token: 'x' } });

    const modes = await Promise.all(
      [bed.path('instances'), bed.path('state'), join(bed.runFolder(id), 'files', 'token')].map(
        async (path) => ((await stat(path)).mode & 0o077).toString(8),
      ),
    );
    expect(modes).toEqual(['0', '0', '0']);
  });

  it('refuses an id that another token has', async () => {
    await using bed = await ProcessTestBed.create();
    const intent = await intentFor(bed.backend, COUNTING);
    await bed.backend.launch(intent, bundle());

    const other = { ...intent, token: 'f'.repeat(64) };

    await expect(bed.backend.launch(other, bundle())).rejects.toThrow(ConflictError);
    expect(await bed.startsOf(intent.marks.workspaceUid)).toHaveLength(1);
  });

  it('refuses an attempt that comes after its own successor', async () => {
    await using bed = await ProcessTestBed.create();
    const workspaceUid = randomUUID();
    const late = await intentFor(bed.backend, COUNTING, { workspaceUid, attempt: 1 });
    await bed.launch(COUNTING, { workspaceUid, attempt: 2 });

    await expect(bed.backend.launch(late, bundle())).rejects.toThrow(ConflictError);

    expect(await bed.startsOf(workspaceUid)).toHaveLength(1);
  });

  it('never runs an attempt again whose tombstone stands', async () => {
    await using bed = await ProcessTestBed.create();
    const intent = await intentFor(bed.backend, COUNTING);
    const { id } = await bed.backend.launch(intent, bundle());
    await bed.backend.terminate(id);
    await bed.untilState(id, 'terminated');

    await runOtherController(bed.folder, { intent, bundle: bundle() }).ended;

    expect(await bed.get(id)).toMatchObject({ state: 'terminated' });
    expect(processesWith(`TREELINE_INSTANCE=${id}`)).toEqual([]);
  });

  it('says why when the command does not exist', async () => {
    await using bed = await ProcessTestBed.create();
    const intent = await intentFor(bed.backend, {
      backend: 'process',
      process: { runtimes: { agent: { command: ['no-such-program'] } } },
    });

    const { id } = await bed.backend.launch(intent, bundle());

    const { exit } = await bed.untilState(id, 'stopped');
    expect(exit).toMatchObject({ code: 127, log: expect.stringContaining('no-such-program') });
  });
});

type Moment = (bed: ProcessTestBed, id: string) => boolean;

/** Launches in a controller that is killed at a moment of its launch, then again here; answers the instance's id. */
async function launchKilledWhen(bed: ProcessTestBed, isMoment: Moment): Promise<string> {
  const intent = await intentFor(bed.backend, COUNTING);
  const id = `${intent.marks.workspaceUid}-1`;
  const controller = runOtherController(bed.folder, { intent, bundle: bundle() });
  while (!bed.hasAny('drafts') && !bed.has('instances', id)) {
    await setImmediate();
  }
  const isLast = controller.ended.then(() => true);
  while (!isMoment(bed, id) && !(await Promise.race([isLast, setImmediate(false)]))) {
    // The next look.
  }
  controller.process.kill('SIGKILL');
  await controller.ended;

  await bed.backend.launch(intent, bundle());

  await until('the agent has written that it started', async () =>
    (await bed.backend.readLog(id, 1)).includes('ready'),
  );
  return id;
}

/** So long after the first look, which is made when the launch has begun to write. */
function after(milliseconds: number): Moment {
  let due: number | undefined;
  return () => {
    due ??= performance.now() + milliseconds;
    return performance.now() >= due;
  };
}
