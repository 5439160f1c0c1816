import { describe, expect, it } from '@jest/globals';
import type { WorkspaceSpec } from '../../../api/workspace.ts';
import { findWorkspace } from '../../../store/workspaces.ts';
import { ExternalAgent } from '../../support/external-agent.ts';
import { Harness, type HarnessOptions } from '../../support/harness.ts';
import { processClass, workspace } from '../../support/manifests.ts';

const URL = 'http://192.168.0.7:8000';

function demo(spec: WorkspaceSpec = {}) {
  return workspace({ name: 'demo', ...spec });
}

/** Declared to run elsewhere, without any class, and looked at. */
async function startElsewhere(
  spec: WorkspaceSpec = {},
  options: HarnessOptions = {},
): Promise<Harness> {
  const harness = await Harness.start(options);
  await harness.apply(demo({ external: {}, ...spec }));
  await harness.look();
  return harness;
}

async function ready(harness: Harness) {
  return await harness.condition('demo', 'Ready');
}

/** Something answers at the declared address from now on, or nothing; and is asked. */
async function ask(harness: Harness): Promise<void> {
  await harness.process.leader.externalProber.round();
  await harness.look();
}

describe('an agent that runs elsewhere', () => {
  it('is awaited, without a class, a backend or a launch', async () => {
    await using harness = await startElsewhere();

    await harness.settle();

    expect(await harness.status('demo')).toMatchObject({ phase: 'AwaitingAgent' });
    expect(await ready(harness)).toMatchObject({ status: 'False', reason: 'AwaitingAgent' });
    expect(await harness.condition('demo', 'Available')).toMatchObject({ reason: 'AwaitingAgent' });
    expect(await harness.condition('demo', 'Registered')).toMatchObject({
      reason: 'AwaitingHeartbeat',
    });
    expect(await harness.condition('demo', 'Provisioned')).toBeUndefined();
    expect(harness.actions()).toEqual(['OpenExternal']);
    expect(await harness.launches('demo')).toEqual([]);
    expect(harness.backend.calls).toEqual([]);
  });

  it('is awaited for ever: nobody launched anything that could time out', async () => {
    await using harness = await startElsewhere();

    await harness.advance(24 * 3600);
    await harness.look();

    expect(await harness.status('demo')).toMatchObject({ phase: 'AwaitingAgent' });
    expect(harness.actions()).toEqual(['OpenExternal']);
  });

  it('has credentials before anybody can ask for a token', async () => {
    await using harness = await startElsewhere();

    const rows = await harness.db.selectFrom('credentials').selectAll().execute();

    expect(rows).toMatchObject([{ attempt: 1, used_at: null, revoked_at: null }]);
    expect(rows[0]?.inbound_secret).not.toBe('');
  });

  it('is Online while it beats, Degraded while it fails, and lost after 90 seconds', async () => {
    await using harness = await startElsewhere();
    const agent = await ExternalAgent.connect(harness, 'demo');
    const phases: string[] = [];
    const note = async (): Promise<void> => {
      await harness.look();
      phases.push((await harness.status('demo')).phase);
    };

    await agent.beat();
    await note();
    await agent.beat({ errorRate: 0.9 });
    await note();
    await agent.beat();
    await note();
    await harness.advance(89);
    await note();
    await harness.advance(2);
    await note();
    await agent.beat();
    await note();

    expect(phases).toEqual(['Online', 'Degraded', 'Online', 'Online', 'Offline', 'Online']);
    expect(harness.actions()).toEqual(['OpenExternal']);
  });

  it('says that its heartbeat is lost, and is never restarted', async () => {
    await using harness = await startElsewhere();
    const agent = await ExternalAgent.connect(harness, 'demo');
    await agent.beat();

    await harness.advance(3600);
    await harness.look();

    expect(await ready(harness)).toMatchObject({ status: 'False', reason: 'HeartbeatLost' });
    expect(await harness.condition('demo', 'Available')).toMatchObject({ reason: 'HeartbeatLost' });
    expect(harness.actions()).toEqual(['OpenExternal']);
  });

  it('costs nothing while it beats', async () => {
    await using harness = await startElsewhere();
    const agent = await ExternalAgent.connect(harness, 'demo');
    await agent.beat();
    await harness.settle();
    await harness.advance(30);
    await agent.beat();

    expect(await harness.look()).toEqual({ isCalm: true, hasWritten: false });
  });

  it('learns of a new configuration by its revision, and nobody restarts it', async () => {
    await using harness = await startElsewhere();
    const agent = await ExternalAgent.connect(harness, 'demo');
    const before = await agent.beat();

    await harness.apply(demo({ external: {}, env: [{ name: 'A', value: '2' }] }));
    await harness.look();
    const after = await agent.beat();

    const { configRevision } = (await harness.status('demo')).resolved ?? {};
    expect(after).toMatchObject({ kind: 'ok', configRevision });
    expect(before).not.toMatchObject({ configRevision });
    expect(harness.actions()).toEqual(['OpenExternal']);
  });

  it('is told that it is paused, is Ready as such, and comes back as it was', async () => {
    await using harness = await startElsewhere();
    const agent = await ExternalAgent.connect(harness, 'demo');
    await agent.beat();

    await harness.apply(demo({ external: {}, desiredState: 'Paused' }));
    await harness.look();
    const answer = await agent.beat();
    const paused = await ready(harness);
    await harness.apply(demo({ external: {} }));
    await harness.look();

    expect(answer).toMatchObject({ kind: 'ok', desiredState: 'Paused' });
    expect(paused).toMatchObject({ status: 'True', reason: 'Paused' });
    expect(await ready(harness)).toMatchObject({ status: 'True', reason: 'Online' });
    expect(await agent.beat()).toMatchObject({ desiredState: 'Running' });
  });

  it('goes with its record at once, and is told so for as long as it speaks', async () => {
    await using harness = await startElsewhere();
    const agent = await ExternalAgent.connect(harness, 'demo');
    await agent.beat();

    await harness.apply();
    await harness.look();

    expect(await findWorkspace(harness.db, 'default', 'demo')).toBeUndefined();
    expect(await agent.beat()).toEqual({ kind: 'gone' });
    expect(await harness.db.selectFrom('agent_reports').selectAll().execute()).toEqual([]);
  });

  it('is a parent like any other: told of its children, and deleted after them', async () => {
    await using harness = await startElsewhere();
    const child = workspace({ name: 'child', parentRef: { name: 'demo' } });
    await harness.apply(processClass(), demo({ external: {} }), child);
    await harness.settle();
    const agent = await ExternalAgent.connect(harness, 'demo');
    const answer = await agent.beat();

    await harness.apply(processClass());
    await harness.settle();

    expect(answer).toMatchObject({ children: [{ name: 'child' }] });
    const released = harness.log.lines.filter(({ action }) => action === 'Release');
    expect(released.map((line) => line['workspace'])).toEqual(['default/child', 'default/demo']);
  });

  it('takes no place in the quota of a class, and holds nobody up', async () => {
    await using harness = await Harness.start();
    const one = processClass({ quota: { maxWorkspaces: 1 } });

    await harness.apply(one, demo({ external: {} }), workspace({ name: 'local' }));
    await harness.settle();

    expect(await harness.condition('local', 'Ready')).toMatchObject({ status: 'True' });
  });

  it('says what it lacks, as any other, and is awaited when that is there', async () => {
    const secrets: Record<string, Record<string, string>> = {};
    const spec = { envFrom: [{ secretRef: { name: 'mine' } }] };
    await using harness = await startElsewhere(spec, { secrets: () => secrets });
    const before = await ready(harness);

    secrets['mine'] = { KEY: 'value' };
    await harness.look();
    await harness.look();

    expect(before).toMatchObject({ status: 'False', reason: 'MissingEnv' });
    expect(await ready(harness)).toMatchObject({ reason: 'AwaitingAgent' });
  });

  it('is awaited by the next controller in the same attempt', async () => {
    await using harness = await startElsewhere();
    const agent = await ExternalAgent.connect(harness, 'demo');
    await agent.beat();
    await harness.look();

    await harness.restart();
    await harness.settle();

    expect(await ready(harness)).toMatchObject({ status: 'True', reason: 'Online' });
    expect(await agent.beat()).toMatchObject({ kind: 'ok', attempt: 1 });
  });
});

describe('an agent elsewhere with a declared address', () => {
  it('is Online while something answers there, without a word of its own', async () => {
    let isAnswering = false;
    const askAddress = () => Promise.resolve({ isAnswering });
    await using harness = await startElsewhere({ external: { url: URL } }, { askAddress });

    await ask(harness);
    const before = await ready(harness);
    isAnswering = true;
    await ask(harness);
    const online = await harness.status('demo');
    isAnswering = false;
    await ask(harness);

    expect(before).toMatchObject({ status: 'False', reason: 'AwaitingAgent' });
    expect(online).toMatchObject({ phase: 'Online', url: URL });
    expect(await ready(harness)).toMatchObject({ status: 'False', reason: 'HeartbeatLost' });
  });

  it('is judged by its heartbeats once it has sent one', async () => {
    const askAddress = () => Promise.resolve({ isAnswering: true });
    await using harness = await startElsewhere({ external: { url: URL } }, { askAddress });
    await ask(harness);
    const agent = await ExternalAgent.connect(harness, 'demo');
    await agent.beat();

    await harness.advance(100);
    await ask(harness);

    expect(await ready(harness)).toMatchObject({ status: 'False', reason: 'HeartbeatLost' });
  });

  it('stays what it was through a restart of the controller, without a write', async () => {
    const askAddress = () => Promise.resolve({ isAnswering: true });
    await using harness = await startElsewhere({ external: { url: URL } }, { askAddress });
    await ask(harness);
    await harness.settle();

    await harness.restart();
    const { hasWritten } = await harness.look();

    expect(hasWritten).toBe(false);
    expect(await ready(harness)).toMatchObject({ status: 'True', reason: 'Online' });
  });
});

describe('moving', () => {
  it('elsewhere lets the instance go before anybody can connect', async () => {
    await using harness = await Harness.start({ transitionSeconds: 5 });
    await harness.apply(processClass(), demo());
    await harness.settle();
    harness.log.clear();

    await harness.apply(processClass(), demo({ external: {} }));
    await harness.look();
    const early = ExternalAgent.connect(harness, 'demo');
    await expect(early).rejects.toThrow('no agent can connect');
    await harness.settle();

    expect(harness.actions()).toEqual(['Replace', 'Terminate', 'CloseAttempt', 'OpenExternal']);
    expect(harness.instances()).toEqual([]);
    expect(await harness.launches('demo')).toMatchObject([{ attempt: 1, state: 'closed' }]);
    expect(await harness.status('demo')).toMatchObject({ phase: 'AwaitingAgent' });
    expect(await harness.status('demo')).not.toHaveProperty('backend');
  });

  it('to a class cuts the agent elsewhere off before an instance is launched', async () => {
    await using harness = await startElsewhere();
    const agent = await ExternalAgent.connect(harness, 'demo');
    await agent.beat();
    await harness.look();
    harness.log.clear();

    await harness.apply(processClass(), demo());
    await harness.settle();

    expect(harness.actions().slice(0, 3)).toEqual(['CloseExternal', 'Prepare', 'Launch']);
    expect(await agent.beat()).toEqual({ kind: 'stale-attempt' });
    expect(harness.instances()).toMatchObject([{ marks: { attempt: 2 } }]);
    expect(await ready(harness)).toMatchObject({ status: 'True', reason: 'Online' });
  });

  it('there and back ends with a new attempt, which older tokens do not reach', async () => {
    await using harness = await startElsewhere();
    const first = await ExternalAgent.connect(harness, 'demo');
    await harness.apply(processClass(), demo());
    await harness.settle();
    await harness.apply(processClass(), demo({ external: {} }));
    await harness.settle();
    const second = await ExternalAgent.connect(harness, 'demo');

    expect(await first.beat()).toEqual({ kind: 'stale-attempt' });
    expect(await second.beat()).toMatchObject({ kind: 'ok', attempt: 3 });
  });

  it('waits for the old backend when that is away, and tells so', async () => {
    await using harness = await Harness.start();
    await harness.apply(processClass(), demo());
    await harness.settle();

    await harness.restart({ backendNames: [] });
    await harness.apply(processClass(), demo({ external: {} }));
    await harness.settle();

    expect(await harness.condition('demo', 'Provisioned')).toMatchObject({
      status: 'Unknown',
      reason: 'StatusUnknown',
    });
    await expect(ExternalAgent.connect(harness, 'demo')).rejects.toThrow('no agent can connect');
  });

  it('a hibernated one elsewhere ends its sleep', async () => {
    await using harness = await Harness.start();
    await harness.apply(processClass(), demo({ desiredState: 'Hibernated' }));
    await harness.settle();

    await harness.apply(processClass(), demo({ external: {} }));
    await harness.settle();
    const agent = await ExternalAgent.connect(harness, 'demo');

    expect(await agent.beat()).toMatchObject({ kind: 'ok', desiredState: 'Running' });
    expect(await harness.status('demo')).toMatchObject({ phase: 'AwaitingAgent' });
  });
});
