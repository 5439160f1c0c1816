import { describe, expect, it } from '@jest/globals';
import type { WorkspaceSpec } from '../../../api/workspace.ts';
import { inTransaction } from '../../../store/db.ts';
import { setRequests } from '../../../store/edit-workspace.ts';
import type { WorkspaceRequests } from '../../../store/workspace-facts.ts';
import { say } from '../../support/agents.ts';
import { Harness } from '../../support/harness.ts';
import { processClass, workspace } from '../../support/manifests.ts';

const REGISTERING = processClass({ readiness: 'Registered' });
const IDLE_AFTER_SECONDS = 600;

async function declareDemo(harness: Harness, spec: WorkspaceSpec = {}): Promise<void> {
  const root = workspace({ name: 'root', desiredState: 'Running' });
  const demo = { name: 'demo', parentRef: { name: 'root' }, hibernateAfter: '10m', ...spec };
  await harness.apply(REGISTERING, root, workspace(demo));
}

/** Its agent has just registered. */
async function startDemo(spec: WorkspaceSpec = {}): Promise<Harness> {
  const harness = await Harness.start();
  await declareDemo(harness, spec);
  await harness.look();
  await harness.look();
  await say(harness, 'root');
  await say(harness, 'demo');
  await harness.look();
  harness.log.clear();
  return harness;
}

/** Heartbeats every half minute, without a word of activity; nobody is told of them. */
async function beat(harness: Harness, seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 30) {
    await harness.advance(30);
    await harness.db
      .updateTable('agent_reports')
      .set({ heartbeat_at: harness.clock.now() })
      .execute();
    await harness.look();
  }
}

async function request(harness: Harness, requests: WorkspaceRequests): Promise<void> {
  const { uid } = await harness.db
    .selectFrom('workspaces')
    .select('uid')
    .where('name', '=', 'demo')
    .executeTakeFirstOrThrow();
  await inTransaction(harness.db, (tx) => setRequests(tx, uid, requests));
  await harness.look();
  await harness.look();
}

/** Idle for long enough, told, and stopped. */
async function hibernateDemo(): Promise<Harness> {
  const harness = await startDemo();
  await beat(harness, IDLE_AFTER_SECONDS + 60);
  return harness;
}

function stateOfDemo(harness: Harness): string | undefined {
  return harness.backend.provider.instances().find(({ marks }) => marks.name === 'demo')?.state;
}

describe('an agent that is idle', () => {
  it('is stopped after hibernateAfter, with its instance and its state kept', async () => {
    await using harness = await startDemo();

    await beat(harness, IDLE_AFTER_SECONDS - 30);
    const before = harness.actions();
    await beat(harness, 90);

    expect(before).toEqual([]);
    expect(harness.actions()).toEqual(['Hibernate', 'Stop']);
    expect(stateOfDemo(harness)).toBe('stopped');
    expect(await harness.status('demo')).toMatchObject({ phase: 'Hibernated' });
    expect(await harness.condition('demo', 'Ready')).toMatchObject({
      status: 'True',
      reason: 'Hibernated',
    });
  });

  it('is told first, and stopped when it has spoken again', async () => {
    await using harness = await startDemo();
    await harness.advance(IDLE_AFTER_SECONDS - 60);
    await say(harness, 'demo', { idleSeconds: IDLE_AFTER_SECONDS });

    await harness.look();
    const draining = await harness.status('demo');
    const state = stateOfDemo(harness);
    await harness.advance(5);
    await say(harness, 'demo', { idleSeconds: IDLE_AFTER_SECONDS });
    await harness.look();

    expect(draining.phase).toBe('Hibernating');
    expect(state).toBe('running');
    expect(stateOfDemo(harness)).toBe('stopped');
  });

  it('is not stopped while a task is active, however long that takes', async () => {
    await using harness = await startDemo();
    await say(harness, 'demo', { activeTasks: 1, idleSeconds: IDLE_AFTER_SECONDS });

    await beat(harness, 2 * IDLE_AFTER_SECONDS);

    expect(harness.actions()).toEqual([]);
    expect(stateOfDemo(harness)).toBe('running');
  });

  it('is stopped after its last task, although nobody tells of the end of that', async () => {
    await using harness = await startDemo();
    await say(harness, 'demo', { activeTasks: 1 });
    await beat(harness, IDLE_AFTER_SECONDS + 60);
    await harness.db.updateTable('agent_reports').set({ active_tasks: 0 }).execute();

    await beat(harness, IDLE_AFTER_SECONDS + 60);

    expect(stateOfDemo(harness)).toBe('stopped');
  });

  it.each<readonly [string, WorkspaceSpec, WorkspaceRequests]>([
    ['is declared so', { desiredState: 'Hibernated' }, {}],
    ['is asked to', {}, { hibernateRequestedAt: 'now' }],
  ])('that %s is stopped after its task, with no time of its own', async (_title, spec, asked) => {
    await using harness = await startDemo({ hibernateAfter: '0s' });
    await say(harness, 'demo', { activeTasks: 1 });
    await declareDemo(harness, { hibernateAfter: '0s', ...spec });
    await request(harness, asked);
    await beat(harness, 60);
    const busy = stateOfDemo(harness);
    await harness.db.updateTable('agent_reports').set({ active_tasks: 0 }).execute();

    await beat(harness, 90);

    expect(busy).toBe('running');
    expect(stateOfDemo(harness)).toBe('stopped');
  });

  it('that has fallen silent is stopped when it is asked to', async () => {
    await using harness = await startDemo();
    await harness.advance(200);
    await harness.look();
    const before = await harness.status('demo');

    await request(harness, { hibernateRequestedAt: 'now' });

    expect(before.phase).toBe('Offline');
    expect(harness.actions()).toEqual(['Hibernate', 'Stop']);
  });

  it('stays up when a task comes in before it is stopped', async () => {
    await using harness = await startDemo();
    await say(harness, 'demo', { idleSeconds: IDLE_AFTER_SECONDS });
    await harness.look();

    await say(harness, 'demo', { activeTasks: 1 });
    await harness.look();

    expect(harness.actions()).toEqual(['Hibernate', 'KeepAwake']);
    expect(await harness.status('demo')).toMatchObject({ phase: 'Online' });
  });
});

describe('a hibernated agent', () => {
  it('is started again in the same instance when somebody wakes it', async () => {
    await using harness = await hibernateDemo();
    const [before] = await harness.launches('demo');

    await request(harness, { wakeRequestedAt: 'now' });
    const woken = await harness.condition('demo', 'Ready');
    await say(harness, 'demo');
    await harness.look();

    expect(stateOfDemo(harness)).toBe('running');
    expect(woken).toMatchObject({ status: 'False', reason: 'AwaitingHeartbeat' });
    expect(await harness.launches('demo')).toMatchObject([
      { attempt: 1, instance_id: before?.instance_id },
    ]);
    expect(await harness.activity('demo')).toContain('Woken Wanted');
    expect(await harness.status('demo')).toMatchObject({ phase: 'Online' });
  });

  it('is woken by its annotation too', async () => {
    await using harness = await hibernateDemo();
    const annotations = { 'treeline.dev/wake-requested-at': 'now' };
    const demo = { name: 'demo', parentRef: { name: 'root' }, hibernateAfter: '10m', annotations };

    await harness.apply(REGISTERING, workspace({ name: 'root' }), workspace(demo));
    await harness.look();
    await harness.look();

    expect(stateOfDemo(harness)).toBe('running');
  });

  it('hibernates again when nobody uses it', async () => {
    await using harness = await hibernateDemo();
    await request(harness, { wakeRequestedAt: 'now' });
    await say(harness, 'demo');
    await harness.look();

    await beat(harness, IDLE_AFTER_SECONDS + 60);

    expect(stateOfDemo(harness)).toBe('stopped');
  });

  it('sleeps on through a restart of the controller', async () => {
    await using harness = await hibernateDemo();

    await harness.restart();
    await beat(harness, 600);

    expect(stateOfDemo(harness)).toBe('stopped');
    expect(await harness.status('demo')).toMatchObject({ phase: 'Hibernated' });
  });

  it('is paused while an ancestor is, and hibernated as before after that', async () => {
    await using harness = await hibernateDemo();
    const demo = workspace({ name: 'demo', parentRef: { name: 'root' }, hibernateAfter: '10m' });

    const paused = workspace({ name: 'root', desiredState: 'Paused' });
    await harness.apply(REGISTERING, paused, demo);
    await harness.look();
    const during = await harness.status('demo');
    await declareDemo(harness);
    await harness.look();
    await harness.look();

    expect(during.phase).toBe('Paused');
    expect(during.conditions).toContainEqual(
      expect.objectContaining({ type: 'Ready', status: 'True', reason: 'AncestorPaused' }),
    );
    expect(await harness.status('demo')).toMatchObject({ phase: 'Hibernated' });
  });
});

describe('hibernation on request', () => {
  it('comes with the declaration, and ends with it', async () => {
    await using harness = await startDemo();

    await declareDemo(harness, { desiredState: 'Hibernated' });
    await beat(harness, 60);
    const state = stateOfDemo(harness);
    await declareDemo(harness, { desiredState: 'Running' });
    await harness.look();
    await harness.look();

    expect(state).toBe('stopped');
    expect(stateOfDemo(harness)).toBe('running');
  });

  it('launches nothing for one that is declared hibernated from the start', async () => {
    await using harness = await Harness.start();

    await declareDemo(harness, { desiredState: 'Hibernated' });
    await harness.look();
    await harness.look();

    expect(stateOfDemo(harness)).toBeUndefined();
    expect(await harness.status('demo')).toMatchObject({ phase: 'Hibernated' });
  });

  it('waits for active tasks, unless it is forced', async () => {
    await using harness = await startDemo();
    await say(harness, 'demo', { activeTasks: 1 });

    await request(harness, { hibernateRequestedAt: 'now' });
    const asked = harness.actions();
    await request(harness, { hibernateRequestedAt: 'later', hibernateForced: 'true' });

    expect(asked).toEqual([]);
    expect(harness.actions()).toEqual(['Hibernate', 'Stop']);
  });
});
