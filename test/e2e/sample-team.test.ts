import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cp, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sampleClass, toYaml } from '../support/agent-manifests.ts';
import { startBystander } from '../support/bystander.ts';
import { CHECKOUT, type ControllerProcess } from '../support/controller-process.ts';
import { eventually, eventuallyTrue } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';

const WITHOUT_COPY = {
  director: 'Online',
  illustration: 'Online',
  interviews: 'Online',
  print: 'Paused',
  research: 'Online',
  trends: 'Online',
  visual: 'Online',
};
const TEAM = { ...WITHOUT_COPY, copy: 'Online' };

let installation: Installation;
let controller: ControllerProcess;

beforeAll(async () => {
  installation = await Installation.create();
  const samples = join(CHECKOUT, 'manifests', 'samples', 'design-team');
  await cp(samples, installation.manifests, { recursive: true });
  // The same class, on ports of this test.
  await installation.write('class.yaml', toYaml(sampleClass()));
  controller = await installation.follow();
  await installation.settle(TEAM);
}, 60_000);

afterAll(async () => {
  await installation[Symbol.asyncDispose]();
}, 60_000);

describe('the sample team', () => {
  it('comes up as it is declared: seven answer, the paused one does not run', async () => {
    const workspaces = await installation.workspaces();
    const running = workspaces.filter(({ status }) => status.url !== undefined);

    const answers = await Promise.all(
      running.map(async ({ status }) => (await fetch(status.url ?? '')).json() as Promise<object>),
    );

    const uids = running.map(({ metadata }) => ({ id: metadata.uid }));
    expect(answers).toMatchObject(uids);
    expect(running).toHaveLength(7);
    expect(installation.agents()).toHaveLength(7);
    expect(installation.supervisors()).toHaveLength(7);
  });

  it('runs on without its controller, and the next one adopts it without a step', async () => {
    const before = installation.pids();
    const end = await controller.stop();
    const meanwhile = installation.pids();

    controller = await installation.follow();
    await controller.logged('started leading');
    const director = await installation.workspace('director');
    await installation.cli('restart copy');
    await eventuallyTrue({ until: 'copy was restarted' }, () => controller.actions.length > 1);
    await installation.settle(TEAM);

    expect(end).toEqual({ code: 0, signal: null });
    expect(meanwhile).toEqual(before);
    expect(director.status.phase).toBe('Online');
    // The restart that was asked for is the proof that it works; it stayed the only thing that it did.
    expect(controller.actions).toEqual(['default/copy Stop', 'default/copy Start']);
    expect(changes(before)).toEqual([(await installation.agentOf('copy')).instanceId]);
  });

  it('changes only what was edited', async () => {
    await installation.settle(TEAM);
    const before = installation.pids();
    const copy = await installation.agentOf('copy');

    const text = await readFile(join(installation.manifests, 'copy.yaml'), 'utf8');
    await installation.write('copy.yaml', text.replace('warm and short', 'cold and long'));
    await eventuallyTrue({ until: 'copy runs anew' }, async () =>
      hasChanged(before, (await installation.agentOf('copy')).instanceId),
    );

    await installation.settle(TEAM);
    expect(changes(before)).toEqual([copy.instanceId]);
  });

  it('heals when an agent is killed, and when the supervisor of one is', async () => {
    const before = installation.pids();
    const agent = await installation.agentOf('interviews');
    const victim = await installation.agentOf('trends');
    const supervisor = await eventually({ until: 'the supervisor is found' }, () =>
      installation.supervisors().find(({ instanceId }) => instanceId === victim.instanceId),
    );

    process.kill(agent.pid, 'SIGKILL');
    process.kill(supervisor.pid, 'SIGKILL');
    await eventuallyTrue({ until: 'both run again', seconds: 40 }, () =>
      [agent, victim].every(({ instanceId }) => hasChanged(before, instanceId)),
    );

    await installation.settle(TEAM);
    expect(changes(before)).toEqual([agent.instanceId, victim.instanceId].sort());
    expect(installation.agents()).toHaveLength(7);
    const { status } = await installation.workspace('interviews');
    expect(status.lastExit).toMatchObject({ attempt: 1, signal: 'SIGKILL' });
  }, 60_000);

  it('deletes what left the folder after two looks, five seconds apart, and nothing else', async () => {
    const before = installation.pids();
    const { instanceId } = await installation.agentOf('copy');

    const removedAt = performance.now();
    await rm(join(installation.manifests, 'copy.yaml'));
    await eventuallyTrue({ until: 'copy has ended' }, () => !installation.pids().has(instanceId));
    const seconds = (performance.now() - removedAt) / 1000;

    await installation.settle(WITHOUT_COPY);
    expect(seconds).toBeGreaterThan(5);
    expect(changes(before)).toEqual([instanceId]);
  });

  it('ends with `treeline clean`, which refuses beside a controller and spares all others', async () => {
    const [agent] = installation.agents();
    await using bystander = await startBystander(agent?.instanceId ?? '');

    const refused = await installation.cli('clean');
    await controller.stop();
    const cleaned = await installation.cli('clean');

    expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining('a controller') });
    expect(cleaned).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('6 instances ended'),
    });
    expect(existsSync(installation.dataDir)).toBe(false);
    expect(bystander.isRunning()).toBe(true);
  });
});

/** Whether an instance runs as another process than before. */
function hasChanged(before: ReadonlyMap<string, number>, instanceId: string): boolean {
  const now = installation.pids().get(instanceId);
  return now !== undefined && now !== before.get(instanceId);
}

/** The instances whose process is another one than before, or gone, or new. */
function changes(before: ReadonlyMap<string, number>): readonly string[] {
  const now = installation.pids();
  return [...new Set([...before.keys(), ...now.keys()])]
    .filter((instanceId) => before.get(instanceId) !== now.get(instanceId))
    .sort();
}
