import { describe, expect, it } from '@jest/globals';
import { TestApi, workspace, workspaceClass } from '../test-api.ts';

const WORKSPACES = '/api/v1/namespaces/default/workspaces';
const child = (name: string, parent: string) => workspace(name, { parentRef: { name: parent } });
const TEAM = [workspace('boss'), child('ada', 'boss'), child('ben', 'ada'), workspace('other')];

async function startWithTeam(): Promise<TestApi> {
  const api = await TestApi.start();
  await api.apply(TEAM);
  return api;
}

/** Names of those that are being deleted. */
async function leaving(api: TestApi): Promise<readonly string[]> {
  const { list } = await api.get('/api/v1/workspaces');
  return list.items
    .filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
    .map(({ metadata }) => metadata.name);
}

describe('deleting a workspace', () => {
  it('without descendants begins at once', async () => {
    await using api = await startWithTeam();

    const { status, body } = await api.send('DELETE', `${WORKSPACES}/ben`);

    expect(status).toBe(200);
    expect(body).toEqual({ deleted: [{ kind: 'Workspace', namespace: 'default', name: 'ben' }] });
    expect(await leaving(api)).toEqual(['ben']);
  });

  it('with descendants shows them first, and deletes nothing', async () => {
    await using api = await startWithTeam();

    const { status, problem } = await api.send('DELETE', `${WORKSPACES}/boss`);

    expect(status).toBe(409);
    expect(problem.reason).toBe('ConfirmationRequired');
    expect(problem.descendants).toEqual([
      { kind: 'Workspace', namespace: 'default', name: 'ada' },
      { kind: 'Workspace', namespace: 'default', name: 'ben' },
    ]);
    expect(await leaving(api)).toEqual([]);
  });

  it.each([
    ['confirm=true', ['ada', 'ben', 'boss']],
    ['confirm=true&cascade=true', ['ada', 'ben', 'boss']],
    ['confirm=true&cascade=false', ['boss']],
    ['confirm=true&descendantsOnly=true', ['ada', 'ben']],
  ])('with ?%s deletes %j', async (query, expected) => {
    await using api = await startWithTeam();

    const { status } = await api.send('DELETE', `${WORKSPACES}/boss?${query}`);

    expect(status).toBe(200);
    expect(await leaving(api)).toEqual(expected);
  });

  it.each(['descendantsOnly=true', 'cascade=false'])(
    'asks for confirmation with ?%s too',
    async (query) => {
      await using api = await startWithTeam();

      const { problem } = await api.send('DELETE', `${WORKSPACES}/boss?${query}`);

      expect(problem.reason).toBe('ConfirmationRequired');
    },
  );

  it('has no descendants to delete where there are none', async () => {
    await using api = await startWithTeam();

    const { body } = await api.send('DELETE', `${WORKSPACES}/ben?descendantsOnly=true`);

    expect(body).toEqual({ deleted: [] });
  });

  it('does not ask about descendants that are being deleted already', async () => {
    await using api = await startWithTeam();
    await api.send('DELETE', `${WORKSPACES}/ada?confirm=true`);

    const { status } = await api.send('DELETE', `${WORKSPACES}/boss`);

    expect(status).toBe(200);
    expect(await leaving(api)).toEqual(['ada', 'ben', 'boss']);
  });

  it('twice is the same as once', async () => {
    await using api = await startWithTeam();
    await api.send('DELETE', `${WORKSPACES}/ben`);
    const before = await api.get(`${WORKSPACES}/ben`);

    const { status } = await api.send('DELETE', `${WORKSPACES}/ben`);

    expect(status).toBe(200);
    expect((await api.get(`${WORKSPACES}/ben`)).object.metadata).toEqual(before.object.metadata);
  });

  it('is refused for one that a folder owns, with its file', async () => {
    await using api = await TestApi.start();
    await api.applyAs('directory', [workspace('ada')]);

    const { status, problem } = await api.send('DELETE', `${WORKSPACES}/ada`);

    expect(status).toBe(409);
    expect(problem).toMatchObject({
      reason: 'OwnedBySource',
      set: 'directory',
      file: 'team.yaml:1',
    });
  });

  it('deletes nobody when a folder owns one of the descendants', async () => {
    await using api = await startWithTeam();
    await api.applyAs('directory', [child('eve', 'ben')]);

    const { problem } = await api.send('DELETE', `${WORKSPACES}/boss?confirm=true`);

    expect(problem.reason).toBe('OwnedBySource');
    expect(await leaving(api)).toEqual([]);
  });

  it('ends where parents form a circle', async () => {
    await using api = await TestApi.start();
    await api.apply([child('ada', 'ben'), child('ben', 'ada')]);

    await api.send('DELETE', `${WORKSPACES}/ada?confirm=true`);

    expect(await leaving(api)).toEqual(['ada', 'ben']);
  });

  it('answers 404 where there is nobody', async () => {
    await using api = await TestApi.start();

    expect((await api.send('DELETE', `${WORKSPACES}/nobody`)).status).toBe(404);
  });
});

describe('deleting a class', () => {
  it.each(['classes', 'workspaceclasses'])('as one of %s is done at once', async (plural) => {
    await using api = await TestApi.start();
    await api.apply([workspaceClass('small')]);

    const { status, body } = await api.send('DELETE', `/api/v1/${plural}/small`);

    expect(status).toBe(200);
    expect(body).toEqual({
      deleted: [{ kind: 'WorkspaceClass', namespace: '', name: 'small' }],
    });
    expect((await api.get(`/api/v1/${plural}/small`)).status).toBe(404);
  });

  it('is refused while workspaces need it, and names them', async () => {
    await using api = await TestApi.start();
    await api.apply([workspaceClass('small'), workspace('ada', { className: 'small' })]);

    const { status, problem } = await api.send('DELETE', '/api/v1/classes/small');

    expect(status).toBe(409);
    expect(problem.reason).toBe('InUse');
    expect(problem.users).toEqual([{ kind: 'Workspace', namespace: 'default', name: 'ada' }]);
  });

  it('is refused for one that a folder owns', async () => {
    await using api = await TestApi.start();
    await api.applyAs('directory', [workspaceClass('small')]);

    const { problem } = await api.send('DELETE', '/api/v1/classes/small');

    expect(problem).toMatchObject({ reason: 'OwnedBySource', file: 'team.yaml:1' });
  });
});

describe('deleting a template or an org', () => {
  it.each([
    ['WorkspaceTemplate', 'workspacetemplates'],
    ['Org', 'orgs'],
  ])('%s is done at once', async (kind, plural) => {
    await using api = await TestApi.start();
    await api.apply([
      { apiVersion: 'treeline.dev/v1alpha1', kind, metadata: { name: 'one' }, spec: {} },
    ]);

    const first = await api.send('DELETE', `/api/v1/namespaces/default/${plural}/one`);
    const second = await api.send('DELETE', `/api/v1/namespaces/default/${plural}/one`);

    expect(first.body).toEqual({ deleted: [{ kind, namespace: 'default', name: 'one' }] });
    expect(second.status).toBe(404);
    expect(second.problem.reason).toBe('NotFound');
  });
});
