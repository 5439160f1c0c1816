import { describe, expect, it } from '@jest/globals';
import { requestDeletion } from '../../../store/edit-workspace.ts';
import { releaseWorkspace } from '../../../store/release-workspace.ts';
import {
  closeLaunches,
  declareWorkspace,
  lead,
  mintToken,
  openLaunch,
} from '../../support/agent-rows.ts';
import { TestApi } from '../test-api.ts';
import { AGENT_OPTIONS, AgentWorld } from './agent-world.ts';

describe('a register', () => {
  it('is answered with what is desired, and stores address and card', async () => {
    await using world = await AgentWorld.start();

    const { status, body } = await world.register();

    expect(status).toBe(200);
    expect(body).toEqual({
      status: 'provisioning',
      desiredState: 'Running',
      configRevision: expect.stringMatching(/^[0-9a-f]{12}$/),
    });
    expect(await world.report()).toMatchObject({
      url: 'http://127.0.0.1:8000',
      card: { name: 'Ada' },
    });
  });

  it('from where no agent may be is refused with the field, and stores nothing', async () => {
    await using world = await AgentWorld.start();

    const { status, problem } = await world.register({ url: 'http://169.254.169.254/planted' });

    expect(status).toBe(422);
    expect(problem).toMatchObject({ reason: 'InvalidAgentUrl', problems: [{ path: 'url' }] });
    expect(JSON.stringify(problem)).not.toContain('planted');
    expect(await world.report()).toBeUndefined();
  });

  it('makes nobody ask a name server without a good token', async () => {
    const asked: string[] = [];
    const resolveHost = (host: string) => Promise.resolve([(asked.push(host), '127.0.0.1')[1]]);
    const agents = {
      ...AGENT_OPTIONS,
      resolveHost: resolveHost as typeof AGENT_OPTIONS.resolveHost,
    };
    await using world = await AgentWorld.start({ agents });

    await world.register({ url: 'http://guess.example' }, 'guessed');
    await world.register({ url: 'http://agent.example' });

    expect(asked).toEqual(['agent.example']);
  });

  it('without its fields is refused with their names', async () => {
    await using world = await AgentWorld.start();

    const { status, problem } = await world.post('register', { id: world.uid, agent_card: 'x' });

    expect(status).toBe(400);
    expect(problem.problems?.map(({ path }) => path).sort()).toEqual(['agent_card', 'url']);
  });
});

describe('a heartbeat', () => {
  it('is answered with what is desired and with the children', async () => {
    await using world = await AgentWorld.start();
    const before = await world.heartbeat();
    const uid = await declareWorkspace(world.api.db, { name: 'kid', parentRef: { name: 'ada' } });
    const after = await world.heartbeat();

    expect(before.body).toMatchObject({ desiredState: 'Running', children: { items: [] } });
    expect(after.body).toMatchObject({ children: { items: [{ uid, name: 'kid' }] } });
    expect(after.body).not.toMatchObject({
      children: { revision: (before.body as { children: { revision: string } }).children.revision },
    });
  });

  it('with numbers out of range and long texts counts, clamped and cut', async () => {
    await using world = await AgentWorld.start();

    const { status } = await world.heartbeat({
      error_rate: 7,
      active_tasks: -3.5,
      monthly_spend: 1e15,
      uptime_seconds: -1,
      current_task: 'x'.repeat(10_000),
      sample_error: null,
      runtime_metadata: null,
      something_new: { any: 'thing' },
    });

    expect(status).toBe(200);
    expect(await world.report()).toMatchObject({
      error_rate: 1,
      active_tasks: 0,
      monthly_spend_cents: 1e12,
      uptime_seconds: 0,
      current_task: 'x'.repeat(2_000),
      is_degraded: true,
    });
  });

  it('with a long error keeps whole words of it, so that no half of a secret escapes who masks', async () => {
    await using world = await AgentWorld.start();

    await world.heartbeat({
      sample_error: `${'x'.repeat(1_980)} bad key planted-${'s'.repeat(43)}`,
    });

    expect(await world.report()).toMatchObject({ sample_error: `${'x'.repeat(1_980)} bad key` });
  });

  it('with fields of the wrong type is refused with their names and without their values', async () => {
    await using world = await AgentWorld.start();

    const { status, text, problem } = await world.heartbeat({
      error_rate: 'planted',
      runtime_metadata: { idle_timeout_seconds: 'planted' },
    });

    expect(status).toBe(400);
    expect(problem.problems?.map(({ path }) => path)).toContain('error_rate');
    expect(text).not.toContain('planted');
  });
});

describe('a new card', () => {
  it('replaces the old one', async () => {
    await using world = await AgentWorld.start();
    await world.register();

    const card = { workspace_id: world.uid, agent_card: { name: 'Ada II' } };

    expect((await world.post('update-card', card)).status).toBe(200);
    expect(await world.report()).toMatchObject({ card: { name: 'Ada II' } });
  });
});

describe('what an agent may ask', () => {
  it('is its state', async () => {
    await using world = await AgentWorld.start();
    const url = `/workspaces/${world.uid}/state`;
    const running = await world.get(url);
    await declareWorkspace(world.api.db, { name: 'ada', desiredState: 'Paused' });
    const paused = await world.get(url);
    await lead(world.api.db, (tx) => requestDeletion(tx, [world.uid]));
    const deleted = await world.get(url);

    const workspace_id = world.uid;
    expect(running.body).toEqual({
      workspace_id,
      status: 'provisioning',
      paused: false,
      deleted: false,
    });
    expect(paused.body).toMatchObject({ paused: true, deleted: false });
    expect(deleted.status).toBe(404);
    expect(deleted.body).toMatchObject({ workspace_id, deleted: true });
  });

  it('is its peers: parent, siblings and children, not those of others', async () => {
    await using world = await AgentWorld.start();
    const { db } = world.api;
    await declareWorkspace(db, { name: 'boss', role: 'Leads' });
    await declareWorkspace(db, { name: 'ada', parentRef: { name: 'boss' } });
    await declareWorkspace(db, { name: 'ben', parentRef: { name: 'boss' } });
    await declareWorkspace(db, { name: 'kid', parentRef: { name: 'ada' } });
    await declareWorkspace(db, { name: 'nephew', parentRef: { name: 'ben' } });
    await declareWorkspace(db, { name: 'stranger', namespace: 'other' });

    const { body } = await world.get(`/registry/${world.uid}/peers`);
    const searched = await world.get(`/registry/${world.uid}/peers?q=LEADS`);

    expect(body).toMatchObject({
      peers: [
        { name: 'ben', relation: 'sibling' },
        { name: 'boss', relation: 'parent', role: 'Leads', status: 'provisioning' },
        { name: 'kid', relation: 'child' },
      ],
    });
    expect(searched.body).toMatchObject({ peers: [{ name: 'boss' }] });
  });

  it('is, as a root, the other roots of its namespace', async () => {
    await using world = await AgentWorld.start();
    await declareWorkspace(world.api.db, { name: 'ben' });
    await declareWorkspace(world.api.db, { name: 'stranger', namespace: 'other' });

    const { body } = await world.get(`/registry/${world.uid}/peers`);

    expect(body).toMatchObject({ peers: [{ name: 'ben', relation: 'sibling' }] });
    expect(body).toHaveProperty('peers.length', 1);
  });

  it('is its bundle, which nobody keeps on the way', async () => {
    await using world = await AgentWorld.start();

    const { status, body, headers } = await world.get('/agents/v1/bundle');

    expect(status).toBe(200);
    expect(body).toMatchObject({ env: { SECRET: 'planted-value' }, configRevision: 'bundle-1' });
    expect(headers['cache-control']).toBe('no-store');
  });

  it('is no bundle while there is none', async () => {
    await using world = await AgentWorld.start();
    await closeLaunches(world.api.db, world.uid);
    await openLaunch(world.api.db, { uid: world.uid, attempt: 2 });
    await mintToken(world.api.db, { uid: world.uid, attempt: 2, token: 'ada-again' });

    expect((await world.get('/agents/v1/bundle', 'ada-again')).status).toBe(404);
  });
});

describe('every route of agents', () => {
  const questions = (uid: string) => [
    `/workspaces/${uid}/state`,
    `/registry/${uid}/peers`,
    '/agents/v1/bundle',
  ];
  const statusesOf = async (world: AgentWorld, token: string, uid: string) => [
    (await world.register({ id: uid }, token)).status,
    (await world.heartbeat({ workspace_id: uid }, token)).status,
    (await world.post('update-card', { workspace_id: uid, agent_card: {} }, token)).status,
    ...(await Promise.all(questions(uid).map(async (url) => (await world.get(url, token)).status))),
  ];

  it('refuses a token that nobody has with 401', async () => {
    await using world = await AgentWorld.start();

    expect(await statusesOf(world, 'guessed', world.uid)).toEqual([401, 401, 401, 401, 401, 401]);
  });

  it('refuses a request without a token with 401, also on loopback', async () => {
    await using world = await AgentWorld.start();

    for (const url of questions(world.uid)) {
      const { status, problem, headers } = await world.api.get(url);

      expect([status, problem.reason]).toEqual([401, 'Unauthenticated']);
      expect(headers['www-authenticate']).toMatch(/^Bearer /);
    }
  });

  it('refuses the token of another workspace with 403, where it names one', async () => {
    await using world = await AgentWorld.start();
    const other = await declareWorkspace(world.api.db, { name: 'ben' });

    expect(await statusesOf(world, 'ada-1', other)).toEqual([403, 403, 403, 403, 403, 200]);
  });

  it('answers 410 to an attempt that is over', async () => {
    await using world = await AgentWorld.start();
    await world.register();
    await closeLaunches(world.api.db, world.uid);
    await openLaunch(world.api.db, { uid: world.uid, attempt: 2 });

    expect(await statusesOf(world, 'ada-1', world.uid)).toEqual([410, 410, 410, 410, 410, 410]);
    expect((await world.register()).problem.reason).toBe('StaleAttempt');
  });

  it('answers 410 while the workspace is being deleted, and nothing comes back', async () => {
    await using world = await AgentWorld.start();
    await lead(world.api.db, (tx) => requestDeletion(tx, [world.uid]));

    expect(await statusesOf(world, 'ada-1', world.uid)).toEqual([410, 410, 410, 404, 410, 410]);
    expect(await world.report()).toBeUndefined();
  });

  it('answers 410 once the workspace was released, and nothing comes back', async () => {
    await using world = await AgentWorld.start();
    await world.register();
    await lead(world.api.db, (tx) => requestDeletion(tx, [world.uid]));
    await closeLaunches(world.api.db, world.uid);
    await lead(world.api.db, (tx) => releaseWorkspace(tx, world.uid));

    expect(await statusesOf(world, 'ada-1', world.uid)).toEqual([410, 410, 410, 404, 410, 410]);
    expect(await world.report()).toBeUndefined();
    expect(await world.api.db.selectFrom('workspaces').select('uid').execute()).toEqual([]);
  });

  it('answers 404 where the token is good and the record is missing', async () => {
    await using world = await AgentWorld.start();
    await world.api.db.deleteFrom('workspaces').execute();

    expect(await statusesOf(world, 'ada-1', world.uid)).toEqual([404, 404, 404, 404, 404, 404]);
  });

  it('is not there where agents are not served', async () => {
    await using api = await TestApi.start();

    expect((await api.get('/agents/v1/bundle')).problem.reason).toBe('NoSuchRoute');
  });
});

describe('tokens of one attempt', () => {
  it('are good until the newer one is used; then the older one gets 401', async () => {
    await using world = await AgentWorld.start();
    await mintToken(world.api.db, { uid: world.uid, attempt: 1, token: 'ada-2' });

    expect((await world.heartbeat()).status).toBe(200);
    expect((await world.heartbeat({}, 'ada-2')).status).toBe(200);
    expect((await world.heartbeat()).status).toBe(401);
    expect((await world.heartbeat({}, 'ada-2')).status).toBe(200);
  });
});

describe('the two domains of authentication', () => {
  it('know nothing of each other', async () => {
    await using world = await AgentWorld.start({ allowWithoutToken: false });
    const made = await world.api.call({
      method: 'GET',
      url: '/api/v1/events',
      headers: { authorization: 'Bearer ada-1' },
    });

    expect(made.status).toBe(401);
  });

  it('refuse the token of an operator where agents ask', async () => {
    await using world = await AgentWorld.start();
    const { body } = await world.api.send('POST', '/api/v1/tokens', { name: 'ops' });
    const { token } = body as { token: string };

    expect(
      (
        await world.api.call({
          method: 'GET',
          url: '/api/v1/events',
          headers: { authorization: `Bearer ${token}` },
        })
      ).status,
    ).toBe(200);
    expect((await world.heartbeat({}, token)).status).toBe(401);
  });
});
