import { describe, expect, it } from '@jest/globals';
import { listActivity } from '../../../store/activity.ts';
import { requestDeletion } from '../../../store/edit-workspace.ts';
import { releaseWorkspace } from '../../../store/release-workspace.ts';
import { closeLaunches, openLaunch } from '../../support/agent-rows.ts';
import { BootstrapWorld, PLANTED, tokenIn } from './bootstrap-world.ts';

const TAR = { accept: 'application/x-tar' };

async function credentials({ api }: BootstrapWorld) {
  return await api.db.selectFrom('credentials').selectAll().execute();
}

describe('an instance that has a bootstrap token', () => {
  it('gets env and files, with the credentials of its agent', async () => {
    await using world = await BootstrapWorld.start();

    const { status, body, headers } = await world.bootstrap();

    expect(status).toBe(200);
    expect(body).toEqual({
      env: expect.objectContaining({ API_KEY: PLANTED, WORKSPACE_ID: world.uid }),
      files: expect.objectContaining({
        'notes.md': 'hello\n',
        '.auth_token': expect.stringMatching(/^[\w-]{43}$/),
        '.inbound_secret': expect.stringMatching(/^[\w-]{43}$/),
      }),
      configRevision: expect.stringMatching(/^[0-9a-f]{12}$/),
    });
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'treeline-config-revision': (body as { configRevision: string }).configRevision,
    });
  });

  it('gets another token and the same inbound secret when it asks again', async () => {
    await using world = await BootstrapWorld.start();

    const [first, second] = [await world.bootstrap(), await world.bootstrap()];

    const secretIn = ({ body }: typeof first) => (body as FilesOf).files['.inbound_secret'];
    expect(secretIn(second)).toBe(secretIn(first));
    expect(tokenIn(second)).not.toBe(tokenIn(first));
    expect((await world.heartbeat(tokenIn(first))).status).toBe(200);
  });

  it('is followed by nobody once the agent has spoken', async () => {
    await using world = await BootstrapWorld.start();
    const [lost, kept] = await Promise.all([world.bootstrap(), world.bootstrap()]);
    const before = (await world.bootstrap()).status;

    const spoken = (await world.heartbeat(tokenIn(kept))).status;

    expect([before, spoken]).toEqual([200, 200]);
    expect((await world.bootstrap()).problem).toMatchObject({
      status: 401,
      reason: 'InvalidToken',
    });
    expect((await world.bundle(tokenIn(lost))).status).toBe(401);
    expect((await world.bundle(tokenIn(kept))).status).toBe(200);
  });

  it('is not taken for one that has spoken when its agent only asks for the bundle', async () => {
    await using world = await BootstrapWorld.start();
    const token = tokenIn(await world.bootstrap());

    const { status, body } = await world.bundle(token);

    expect(status).toBe(200);
    expect((body as FilesOf).files).not.toHaveProperty(['.auth_token']);
    expect((await world.bootstrap()).status).toBe(200);
  });

  it('leaves a line in the activity and no value of anything, nor in the log', async () => {
    await using world = await BootstrapWorld.start();
    const token = tokenIn(await world.bootstrap());
    await world.heartbeat(token);

    const activity = await listActivity(world.api.db, { workspaceUid: world.uid, limit: 100 });

    const told = JSON.stringify([activity, world.api.captured.lines, await credentials(world)]);
    expect(activity.map(({ action }) => action)).toContain('Bootstrapped');
    expect([PLANTED, token, world.token].filter((value) => told.includes(value))).toEqual([]);
  });
});

describe('a bundle that is asked for as a tar', () => {
  it('has the bytes of that, and its revision in a header', async () => {
    await using world = await BootstrapWorld.start();
    const asked = await world.bootstrap(world.token, TAR);
    const json = await world.bootstrap();
    const later = await world.bundle(tokenIn(json), TAR);

    for (const { status, headers, text } of [asked, later]) {
      expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type: TAR.accept });
      expect(headers['treeline-config-revision']).toBe((json.body as FilesOf).configRevision);
      expect(text).toContain(`export API_KEY='${PLANTED}'`);
    }
    expect(asked.text).toContain('configs/.auth_token');
    expect(later.text).not.toContain('configs/.auth_token');
  });
});

describe('a bootstrap token', () => {
  it('opens nothing else', async () => {
    await using world = await BootstrapWorld.start();
    const card = { workspace_id: world.uid, agent_card: {} };
    const register = { id: world.uid, url: 'http://127.0.0.1:8000', agent_card: {} };
    const headers = { authorization: `Bearer ${world.token}` };
    const posted = [
      ['/registry/register', register],
      ['/registry/heartbeat', { workspace_id: world.uid }],
      ['/registry/update-card', card],
    ] as const;
    const asked = [
      `/workspaces/${world.uid}/state`,
      `/registry/${world.uid}/peers`,
      '/agents/v1/bundle',
      '/api/v1/events',
    ];

    const statuses = [
      ...posted.map(([url, payload]) => ({ method: 'POST', url, payload, headers }) as const),
      ...asked.map((url) => ({ method: 'GET', url, headers }) as const),
    ].map(async (request) => (await world.api.call(request)).status);

    expect(await Promise.all(statuses)).toEqual(Array(7).fill(401));
    expect(await world.api.db.selectFrom('agent_reports').selectAll().execute()).toEqual([]);
    expect((await world.bootstrap()).status).toBe(200);
  });

  it('is not the token of an agent, of an operator, or one that somebody guessed', async () => {
    await using world = await BootstrapWorld.start();
    const agent = tokenIn(await world.bootstrap());
    const made = await world.api.send('POST', '/api/v1/tokens', { name: 'ops' });
    const operator = (made.body as { token: string }).token;
    const stored = await credentials(world);

    const guesses = [agent, operator, 'guessed', `${world.token}x`, world.token.slice(1)];
    const statuses = guesses.map(async (token) => (await world.bootstrap(token)).status);

    expect(await Promise.all(statuses)).toEqual([401, 401, 401, 401, 401]);
    expect(await credentials(world)).toEqual(stored);
  });

  it('is asked for when there is none, before anything of a body is read', async () => {
    await using world = await BootstrapWorld.start();

    const { problem } = await world.api.send('POST', '/agents/v1/bootstrap', { a: 1 });

    expect(problem).toMatchObject({ status: 401, reason: 'Unauthenticated' });
  });

  it('comes with next to no body', async () => {
    await using world = await BootstrapWorld.start();
    const headers = { authorization: `Bearer ${world.token}` };
    const url = '/agents/v1/bootstrap';
    const payload = { text: 'x'.repeat(2_000) };

    const long = await world.api.call({ method: 'POST', url, headers, payload });
    const short = await world.api.call({ method: 'POST', url, headers, payload: {} });

    expect([long.status, short.status]).toEqual([413, 200]);
  });

  it('is slowed down when it comes too often', async () => {
    await using world = await BootstrapWorld.start();
    await world.bootstrap();

    const answers = await Promise.all(Array.from({ length: 60 }, () => world.bootstrap()));

    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses].sort()).toEqual([200, 429]);
  });
});

describe('no bundle is given', () => {
  const expectRefusal = async (world: BootstrapWorld, expected: object) => {
    const { problem, text } = await world.bootstrap();

    expect(problem).toMatchObject(expected);
    expect(text).not.toContain(PLANTED);
    expect(await credentials(world)).toHaveLength(1);
  };

  it('to a workspace that is paused, which may ask again', async () => {
    await using world = await BootstrapWorld.start();
    await world.declare({ desiredState: 'Paused' });

    await expectRefusal(world, { status: 409, reason: 'Paused' });
    await world.declare({});

    expect((await world.bootstrap()).status).toBe(200);
  });

  it('to one that is hibernated', async () => {
    await using world = await BootstrapWorld.start();
    await world.api.db
      .updateTable('workspaces')
      .set({
        hibernation: JSON.stringify({ claimedAt: new Date(), wakeRequest: '', reason: 'Idle' }),
      })
      .execute();

    await expectRefusal(world, { status: 409, reason: 'Hibernated' });
    expect((await world.bootstrap()).headers).toHaveProperty('retry-after');
  });

  it('while a secret is missing, and the answer says which', async () => {
    await using world = await BootstrapWorld.start();
    world.loseSecret();

    await expectRefusal(world, { status: 503, reason: 'BundleUnavailable' });
    const { problem, headers } = await world.bootstrap();
    expect(problem.detail).toContain('MissingEnv: envFrom, secret model');
    expect(headers).toHaveProperty('retry-after');
    expect(world.api.captured.lines).not.toContainEqual(
      expect.objectContaining({ message: 'request failed' }),
    );
  });

  it('to an agent that asks for its bundle while a secret is missing', async () => {
    await using world = await BootstrapWorld.start();
    const token = tokenIn(await world.bootstrap());
    world.loseSecret();

    const { problem } = await world.bundle(token);

    expect(problem).toMatchObject({ status: 503, reason: 'BundleUnavailable' });
  });

  it('for an attempt that is over', async () => {
    await using world = await BootstrapWorld.start();
    await closeLaunches(world.api.db, world.uid);
    await openLaunch(world.api.db, { uid: world.uid, attempt: 2 });

    await expectRefusal(world, { status: 410, reason: 'StaleAttempt' });
  });

  it('to a workspace that is being deleted, nor once it was released', async () => {
    await using world = await BootstrapWorld.start();
    await world.api.lead(async (tx) => {
      await requestDeletion(tx, [world.uid]);
    });

    await expectRefusal(world, { status: 410, reason: 'BeingDeleted' });
    await closeLaunches(world.api.db, world.uid);
    await world.api.lead(async (tx) => {
      await releaseWorkspace(tx, world.uid);
    });

    await expectRefusal(world, { status: 410, reason: 'BeingDeleted' });
  });

  it('to a workspace whose record is missing', async () => {
    await using world = await BootstrapWorld.start();
    await world.api.db.deleteFrom('workspaces').execute();

    await expectRefusal(world, { status: 404, reason: 'NotFound' });
  });
});

interface FilesOf {
  readonly files: Readonly<Record<string, string>>;
  readonly configRevision: string;
}
