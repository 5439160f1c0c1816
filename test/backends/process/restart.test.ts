import { describe, expect, it } from '@jest/globals';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle, intentFor } from '../intents.ts';
import { RUN_BOUNDARY } from '../../../api/run-boundary.ts';
import { runOtherController } from './other-controller.ts';
import { ProcessTestBed, environmentOf, shellClass, until } from './process-test-bed.ts';

const COUNTING = shellClass({ agent: 'echo $$ >> starts; echo ready; exec sleep 300' });

describe('restarting a process', () => {
  it('keeps the state of the workspace, and replaces files and environment', async () => {
    await using bed = await ProcessTestBed.create();
    const script =
      'cat memory "$WORKSPACE_CONFIG_PATH"/*; echo kept > memory; echo ready; exec sleep 300';
    const first = { env: { MODEL: 'old' }, files: { a: 'old file\n' }, configHash: 'config-1' };
    const { id } = await bed.launch(shellClass({ agent: script }), first);
    await bed.backend.stop(id);
    await bed.untilState(id, 'stopped');

    const second = { env: { MODEL: 'new' }, files: { b: 'new file\n' }, configHash: 'config-2' };
    await bed.backend.start(id, second);

    await until('it has read its files', async () =>
      (await bed.backend.readLog(id, 9)).endsWith('kept\nnew file\nready\n'),
    );
    expect(environmentOf(bed.agentOf(id))).toContain('MODEL=new');
    expect(await bed.get(id)).toMatchObject({ configHash: 'config-2' });
    expect(await bed.namesIn('instances', id)).not.toContain('run-1');
  });

  it('delivers files again that were lost or changed while the agent ran', async () => {
    await using bed = await ProcessTestBed.create();
    const script =
      'cd "$WORKSPACE_CONFIG_PATH"; cat a b; rm a; echo spoilt > b; echo ready; exec sleep 300';
    const same = { files: { a: 'first\n', b: 'second\n' }, configHash: 'config-1' };
    const { id } = await bed.launch(shellClass({ agent: script }), same);
    await bed.backend.stop(id);
    await bed.untilState(id, 'stopped');

    await bed.backend.start(id, bundle(same));

    await until('it has read its files', async () =>
      (await bed.backend.readLog(id, 9)).endsWith(`ready\n${RUN_BOUNDARY}\nfirst\nsecond\nready\n`),
    );
  });

  it('lets a new attempt find what the old one left', async () => {
    await using bed = await ProcessTestBed.create();
    const { id, marks } = await bed.launch(COUNTING);
    await bed.backend.terminate(id);
    await bed.untilState(id, 'terminated');

    await bed.launch(COUNTING, { workspaceUid: marks.workspaceUid, attempt: 2 });

    expect(await bed.startsOf(marks.workspaceUid)).toHaveLength(2);
  });

  it('removes the state of a workspace that is gone', async () => {
    await using bed = await ProcessTestBed.create();
    const { id, marks } = await bed.launch(COUNTING);
    await bed.backend.terminate(id);
    await bed.untilState(id, 'terminated');

    await bed.backend.removeState(marks.workspaceUid);

    expect(await bed.namesIn('state')).toEqual([]);
  });

  it('starts with an empty state when that was removed while it was stopped', async () => {
    await using bed = await ProcessTestBed.create();
    const { id, marks } = await bed.launch(COUNTING);
    await bed.backend.stop(id);
    await bed.untilState(id, 'stopped');

    await bed.backend.removeState(marks.workspaceUid);
    await bed.backend.start(id, bundle({ configHash: 'config-2' }));

    await until('the agent has started', async () =>
      (await bed.backend.readLog(id, 1)).includes('ready'),
    );
    expect(await bed.startsOf(marks.workspaceUid)).toHaveLength(1);
  });

  it('refuses to remove the state of something that is no workspace uid', async () => {
    await using bed = await ProcessTestBed.create();

    await expect(bed.backend.removeState('../instances')).rejects.toMatchObject({
      reason: 'InvalidSpec',
    });
  });

  it('gives one agent when four controllers start it at once', async () => {
    await using bed = await ProcessTestBed.create();
    const intent = await intentFor(bed.backend, COUNTING);
    const { id } = await bed.backend.launch(intent, bundle());
    await bed.backend.stop(id);
    await bed.untilState(id, 'stopped');
    await rm(bed.path('state', intent.marks.workspaceUid, 'starts'), { force: true });

    const work = { intent, start: id, bundle: bundle() };
    const others = Array.from({ length: 4 }, () => runOtherController(bed.folder, work));
    await Promise.all(others.map(({ ended }) => ended));

    await until('the agent has started', async () =>
      (await bed.backend.readLog(id, 1)).includes('ready'),
    );
    expect(await bed.get(id)).toMatchObject({ state: 'running' });
    expect(await bed.startsOf(intent.marks.workspaceUid)).toHaveLength(1);
  });

  it.each(['config-1', 'config-2'])(
    'heals a launch that was cut off before its supervisor came, with the bundle %j',
    async (configHash) => {
      await using bed = await ProcessTestBed.create();
      const id = await launchCutOff(bed);

      const before = await bed.get(id);
      await bed.backend.start(id, bundle({ configHash }));

      expect(before).toMatchObject({ state: 'stopped' });
      expect(before.exit).toBeUndefined();
      expect(await bed.get(id)).toMatchObject({ state: 'running', configHash });
    },
  );

  it('never begins a run that was stopped before its supervisor came', async () => {
    await using bed = await ProcessTestBed.create();
    const id = await launchCutOff(bed);

    await bed.backend.stop(id);

    const seen = await bed.get(id);
    expect(seen).toMatchObject({ state: 'stopped' });
    expect(seen.exit).toBeUndefined();
    expect(JSON.parse(bed.readRunFile(id, 'claim.json'))).not.toHaveProperty('supervisor');
  });

  it('terminates a launch that was cut off before its supervisor came', async () => {
    await using bed = await ProcessTestBed.create();
    const id = await launchCutOff(bed);

    await bed.backend.terminate(id);

    expect(await bed.get(id)).toMatchObject({ state: 'terminated' });
  });
});

/** A folder as it is left by a controller that died right after it got its name: nobody has claimed the run. */
async function launchCutOff(bed: ProcessTestBed): Promise<string> {
  const { id } = await bed.launch(COUNTING);
  const files = ['run.json'].map((name) => [name, bed.readRunFile(id, name)] as const);
  await bed.backend.stop(id);
  await bed.untilState(id, 'stopped');
  const folder = bed.runFolder(id);
  for (const name of ['claim.json', 'agent', 'exit.json', 'stop']) {
    await rm(join(folder, name));
  }
  for (const [name, text] of [...files, ['env.json', '{"PATH":"/usr/bin:/bin"}'] as const]) {
    await writeFile(join(folder, name), text);
  }
  await bed.reopen();
  return id;
}
