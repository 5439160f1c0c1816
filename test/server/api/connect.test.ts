import { describe, expect, it } from '@jest/globals';
import { agentConnecting } from '../../../cmd/wiring/agent-connecting.ts';
import { sha256Hex } from '../../../lib/hash.ts';
import { mintCredentials } from '../../../provisioning/credentials.ts';
import type { Connection } from '../../../server/contract-requests.ts';
import type { ServerOptions } from '../../../server/options.ts';
import { storeCredentials } from '../../../store/agent-credentials.ts';
import { createApiToken } from '../../../store/api-tokens.ts';
import { requestDeletion } from '../../../store/edit-workspace.ts';
import { openExternalAttempt } from '../../../store/external-agents.ts';
import { releaseWorkspace } from '../../../store/release-workspace.ts';
import { findWorkspace } from '../../../store/workspaces.ts';
import { testProvisioning } from '../../support/provisioning.ts';
import { AGENT_OPTIONS } from '../registry/agent-world.ts';
import { TestApi, workspace, type Answer } from '../test-api.ts';

const PROVISIONING = testProvisioning();
const OPTIONS: Partial<ServerOptions> = {
  connecting: agentConnecting(PROVISIONING),
  agents: AGENT_OPTIONS,
};

const pathOf = (name: string) => `/api/v1/namespaces/default/workspaces/${name}`;

/** `eve` and `max` run elsewhere, `ada` does not; nobody has looked at any of them. */
async function start(): Promise<TestApi> {
  const api = await TestApi.start(OPTIONS);
  const external = ['eve', 'max'].map((name) => workspace(name, { external: {} }));
  await api.apply([workspace('ada'), ...external]);
  return api;
}

/** As the first pass of the reconciler does; answers the uid. */
async function open(api: TestApi, name: string, attempt = 1): Promise<string> {
  const uid = (await findWorkspace(api.db, 'default', name))?.uid ?? '';
  const key = { workspaceUid: uid, attempt };
  const { credentials } = mintCredentials(key, undefined, PROVISIONING.pipeline);
  await api.lead(async (tx) => {
    await storeCredentials(tx, credentials);
    await openExternalAttempt(tx, key);
  });
  return uid;
}

async function connect(api: TestApi, name = 'eve'): Promise<Connection> {
  return (await api.send('POST', `${pathOf(name)}/connect`)).body as Connection;
}

/** The agent asks with its token. */
async function ask(
  api: TestApi,
  { auth_token: token }: Connection,
  question: { readonly url: string; readonly payload?: object },
): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}` };
  const method = question.payload === undefined ? 'GET' : 'POST';
  return await api.call({ ...question, method, headers });
}

async function beat(api: TestApi, connection: Connection, uid: string): Promise<number> {
  const payload = { workspace_id: uid };
  return (await ask(api, connection, { url: '/registry/heartbeat', payload })).status;
}

describe('connect', () => {
  it('answers once all that an agent elsewhere needs', async () => {
    await using api = await start();
    const uid = await open(api, 'eve');

    const { status, body, headers } = await api.send('POST', `${pathOf('eve')}/connect`);

    const secret = expect.stringMatching(/^[\w-]{43}$/) as unknown;
    expect([status, headers['cache-control']]).toEqual([201, 'no-store']);
    expect(body).toEqual({
      ...{ workspace_id: uid, platform_url: 'http://127.0.0.1:7070' },
      ...{ auth_token: secret, inbound_secret: secret },
      register_endpoint: 'http://127.0.0.1:7070/registry/register',
      heartbeat_endpoint: 'http://127.0.0.1:7070/registry/heartbeat',
      bundle_endpoint: 'http://127.0.0.1:7070/agents/v1/bundle',
    });
  });

  it('keeps the inbound secret, and makes another token each time', async () => {
    await using api = await start();
    await open(api, 'eve');

    const [first, second] = [await connect(api), await connect(api)];

    expect(second.inbound_secret).toBe(first.inbound_secret);
    expect(second.auth_token).not.toBe(first.auth_token);
  });

  it('leaves an older token good until the newer one is used', async () => {
    await using api = await start();
    const uid = await open(api, 'eve');
    const first = await connect(api);
    await beat(api, first, uid);
    const second = await connect(api);

    expect(await beat(api, first, uid)).toBe(200);
    expect(await beat(api, second, uid)).toBe(200);
    expect(await beat(api, first, uid)).toBe(401);
  });

  it('stores, logs and tells nothing of the token or the secret but their hash and seal', async () => {
    await using api = await start();
    const uid = await open(api, 'eve');

    const { auth_token: token, inbound_secret: secret } = await connect(api);

    const tables = ['workspaces', 'credentials', 'activity', 'agent_reports'] as const;
    const rows = await Promise.all(
      tables.map((table) => api.db.selectFrom(table).selectAll().execute()),
    );
    const kept = JSON.stringify([rows, api.captured.lines]);
    expect(kept).toContain(sha256Hex(token));
    expect([kept.includes(token), kept.includes(secret)]).toEqual([false, false]);
    const { body } = await api.get('/api/v1/events?workspace=eve');
    expect(body).toMatchObject({
      items: [
        { action: 'Created' },
        {
          action: 'Connected',
          reason: 'Requested',
          workspaceUid: uid,
          message: expect.stringContaining('asked for by local') as unknown,
          data: { attempt: 1, operator: 'local' },
        },
      ],
    });
  });

  it('lets a token read that may change things, and refuses one that may only read', async () => {
    await using api = await start();
    await open(api, 'eve');
    const asWho = async (name: string, readOnly: boolean): Promise<Answer> => {
      const token = `tl_${name}`;
      await createApiToken(api.db, { id: name, name, token, readOnly });
      const headers = { authorization: `Bearer ${token}` };
      return await api.call({ method: 'POST', url: `${pathOf('eve')}/connect`, headers });
    };

    expect((await asWho('operator', false)).status).toBe(201);
    expect(await asWho('reader', true)).toMatchObject({
      status: 403,
      problem: { reason: 'ReadOnlyToken' },
    });
  });

  it('is no question for agents: their tokens mean nothing here', async () => {
    await using api = await start();
    await open(api, 'eve');
    const connection = await connect(api);

    const { status } = await ask(api, connection, { url: `${pathOf('eve')}/connect`, payload: {} });

    expect(status).toBe(401);
  });

  it('is refused for one that a class runs, for nobody, and for one that is being deleted', async () => {
    await using api = await start();
    await open(api, 'eve');
    await api.send('DELETE', pathOf('eve'));
    const answers = await Promise.all(
      ['ada', 'nobody', 'eve'].map((name) => api.send('POST', `${pathOf(name)}/connect`)),
    );

    expect(answers.map(({ status, problem }) => [status, problem.reason])).toEqual([
      [409, 'NotExternal'],
      [404, 'NotFound'],
      [409, 'BeingDeleted'],
    ]);
  });

  it('asks for patience before a controller has looked, and says why one that is not accepted waits', async () => {
    await using api = await start();
    const early = await api.send('POST', `${pathOf('eve')}/connect`);
    const condition = { type: 'Accepted', status: 'False', message: 'missing environment: A' };
    const status = JSON.stringify({ conditions: [condition] });
    await api.db.updateTable('workspaces').set({ status, status_hash: 'x' }).execute();

    const refused = await api.send('POST', `${pathOf('eve')}/connect`);

    expect([early.status, early.problem.reason, early.headers['retry-after']]).toEqual([
      ...[503, 'AwaitingController', '1'],
    ]);
    expect([refused.status, refused.problem.reason]).toEqual([409, 'NotAccepted']);
    expect(refused.problem.detail).toContain('missing environment: A');
  });

  it('is refused where no agents can be connected', async () => {
    await using api = await TestApi.start();
    await api.apply([workspace('eve', { external: {} })]);

    expect((await api.send('POST', `${pathOf('eve')}/connect`)).status).toBe(501);
  });
});

describe('an agent that was connected', () => {
  it('registers, beats, and asks, as any other does', async () => {
    await using api = await start();
    const uid = await open(api, 'eve');
    const connection = await connect(api);
    const card = { id: uid, url: 'http://127.0.0.1:8000', agent_card: { name: 'Eve' } };
    const questions = [
      { url: '/registry/register', payload: card },
      { url: '/registry/heartbeat', payload: { workspace_id: uid } },
      { url: `/workspaces/${uid}/state` },
      { url: `/registry/${uid}/peers` },
      { url: '/agents/v1/bundle' },
    ];

    const statuses: number[] = [];
    for (const question of questions) {
      statuses.push((await ask(api, connection, question)).status);
    }

    expect(statuses).toEqual([200, 200, 200, 200, 200]);
  });

  it('may not speak for another workspace, elsewhere or not', async () => {
    await using api = await start();
    await open(api, 'eve');
    const max = await open(api, 'max');
    const { uid: ada = '' } = (await findWorkspace(api.db, 'default', 'ada')) ?? {};
    const connection = await connect(api);

    expect(await beat(api, connection, max)).toBe(403);
    expect(await beat(api, connection, ada)).toBe(403);
    expect(await api.db.selectFrom('agent_reports').selectAll().execute()).toEqual([]);
  });

  it('is told 410 while its workspace is deleted, and after that', async () => {
    await using api = await start();
    const uid = await open(api, 'eve');
    const connection = await connect(api);
    await api.lead((tx) => requestDeletion(tx, [uid]).then(() => undefined));
    const deleting = await beat(api, connection, uid);
    await api.lead((tx) => releaseWorkspace(tx, uid).then(() => undefined));

    expect([deleting, await beat(api, connection, uid)]).toEqual([410, 410]);
  });
});

describe.each(['restart', 'hibernate', 'wake'])('%s of an agent that runs elsewhere', (verb) => {
  it('is refused, because nobody here could do it', async () => {
    await using api = await start();

    const { status, problem } = await api.send('POST', `${pathOf('eve')}/${verb}`);

    expect([status, problem.reason]).toEqual([409, 'ExternalAgent']);
    expect(problem.detail).toContain('runs elsewhere');
    expect((await findWorkspace(api.db, 'default', 'eve'))?.requests).toEqual({});
  });
});
