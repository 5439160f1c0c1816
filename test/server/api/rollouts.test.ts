import { describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { listActivity } from '../../../store/activity.ts';
import { TestApi, workspace, workspaceClass } from '../test-api.ts';

const CLASS = '/api/v1/classes/local/rollout';
const ORG = '/api/v1/namespaces/default/orgs/acme/rollout';
const SINCE = '2026-01-01T12:00:00.000Z';
const FAILURE = { at: SINCE, reason: 'CrashLoopBackOff' };
const MARK = { downSince: SINCE, deadline: SINCE, failure: FAILURE };

const acme = {
  apiVersion: 'treeline.dev/v1alpha1',
  kind: 'Org',
  metadata: { name: 'acme' },
  spec: { rollout: { maxUnavailable: 2 } },
};

/** A class and an Org; Ada is in both and did not come back from a change. */
async function start(): Promise<TestApi> {
  const api = await TestApi.start();
  await api.apply([workspaceClass('local'), acme, workspace('ada', { className: 'local' })]);
  const status = {
    resolved: { class: 'local' },
    conditions: [
      { type: 'Ready', status: 'False', lastTransitionTime: SINCE },
      { type: 'Accepted', status: 'True' },
    ],
    rollout: MARK,
  };
  await sql`update workspaces set status = ${JSON.stringify(status)}, status_hash = 'h', phase = 'Offline',
                   owner_uid = (select uid from orgs)`.execute(api.db);
  return api;
}

const DOWN = { namespace: 'default', name: 'ada', since: SINCE };

describe('the rollouts of a class', () => {
  it('are described with who did not come back', async () => {
    await using api = await start();

    expect((await api.get(CLASS)).body).toEqual({
      kind: 'WorkspaceClass',
      namespace: '',
      name: 'local',
      uid: expect.any(String),
      maxUnavailable: 1,
      down: [{ ...DOWN, failure: { ...FAILURE, stops: true }, takesPlace: true }],
    });
  });

  it('are paused, which is kept with who said so first', async () => {
    await using api = await start();

    const { status, body } = await api.send('POST', `${CLASS}/pause`);
    await api.send('POST', `${CLASS}/pause`);

    expect(status).toBe(200);
    expect(body).toMatchObject({ paused: { at: expect.any(String), by: 'local' } });
    expect((await api.get(CLASS)).body).toEqual(body);
    expect(await listActivity(api.db, { name: 'local', limit: 10 })).toMatchObject([
      { action: 'Created' },
      {
        action: 'RolloutPaused',
        reason: 'Requested',
        message: 'rollouts of class "local" were paused by local',
        data: { kind: 'WorkspaceClass', by: 'local' },
      },
    ]);
    expect(api.captured.lines).toContainEqual(
      expect.objectContaining({ message: 'spoke of rollouts', name: 'local', verb: 'pause' }),
    );
  });

  it('are resumed, which accepts the failures of now', async () => {
    await using api = await start();
    await api.send('POST', `${CLASS}/pause`);

    const { status, body } = await api.send('POST', `${CLASS}/resume`);

    expect(status).toBe(200);
    expect(body).toMatchObject({
      resumed: { by: 'local' },
      down: [{ ...DOWN, failure: { stops: false }, takesPlace: false }],
    });
    expect(body).not.toHaveProperty('paused');
    expect(await listActivity(api.db, { name: 'local', limit: 10 })).toMatchObject([
      { action: 'Created' },
      { action: 'RolloutPaused' },
      { action: 'RolloutResumed' },
    ]);
  });

  it('keep what was said when the class is applied again', async () => {
    await using api = await start();
    await api.send('POST', `${CLASS}/pause`);

    await api.apply([workspaceClass('local', { quota: { maxWorkspaces: 3 } })]);

    expect((await api.get(CLASS)).body).toMatchObject({ paused: { by: 'local' } });
  });
});

describe('the rollouts of an Org', () => {
  it('are described, paused and resumed as those of a class', async () => {
    await using api = await start();

    const described = await api.get(ORG);
    const paused = await api.send('POST', `${ORG}/pause`);
    const resumed = await api.send('POST', `${ORG}/resume`);

    expect(described.body).toMatchObject({
      kind: 'Org',
      namespace: 'default',
      name: 'acme',
      maxUnavailable: 2,
      down: [{ ...DOWN, takesPlace: true }],
    });
    expect(paused.body).toMatchObject({ paused: { by: 'local' } });
    expect(resumed.body).toMatchObject({ down: [{ failure: { stops: false } }] });
    expect(await listActivity(api.db, { name: 'acme', limit: 10 })).toMatchObject([
      { action: 'Created' },
      { action: 'RolloutPaused', namespace: 'default' },
      { action: 'RolloutResumed', message: 'rollouts of org "default/acme" were resumed by local' },
    ]);
  });

  it('say of a workspace to which Org it belongs', async () => {
    await using api = await start();
    const { uid } = (await api.get(ORG)).body as { readonly uid: string };

    const { object } = await api.get('/api/v1/namespaces/default/workspaces/ada');

    expect(object.metadata.ownerUid).toBe(uid);
  });
});

it.each([
  ['GET', '/api/v1/classes/none/rollout', 'WorkspaceClass none does not exist'],
  ['POST', '/api/v1/classes/none/rollout/pause', 'WorkspaceClass none does not exist'],
  ['POST', '/api/v1/namespaces/other/orgs/acme/rollout/resume', 'Org other/acme does not exist'],
] as const)('%s %s answers 404, and leaves nothing behind', async (method, url, detail) => {
  await using api = await start();

  const { status, problem } = await api.send(method, url);

  expect([status, problem.detail]).toEqual([404, detail]);
  expect(await listActivity(api.db, { name: 'none', limit: 10 })).toEqual([]);
});
