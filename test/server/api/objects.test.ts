import { describe, expect, it } from '@jest/globals';
import type { Answer } from '../test-api.ts';
import { TestApi, workspace, workspaceClass } from '../test-api.ts';

function namesOf({ list }: Answer): readonly string[] {
  return list.items.map(({ metadata }) => metadata.name);
}

describe('reading objects', () => {
  it('shows a workspace that no controller has looked at, with its owner and who it is', async () => {
    await using api = await TestApi.start();
    await api.apply([workspace('ada', { role: 'leads' }, { labels: { team: 'design' } })]);

    const { status, object, headers } = await api.get('/api/v1/namespaces/default/workspaces/ada');

    expect(status).toBe(200);
    expect(headers['etag']).toBe('"1"');
    expect(headers['cache-control']).toBe('no-store');
    expect(object).toMatchObject({
      apiVersion: 'treeline.dev/v1alpha1',
      kind: 'Workspace',
      metadata: {
        name: 'ada',
        namespace: 'default',
        labels: { team: 'design' },
        generation: 1,
        applySet: 'cli',
      },
      spec: { role: 'leads' },
      status: {
        observedGeneration: -1,
        conditions: [{ type: 'Ready', status: 'Unknown', message: 'waiting for controller' }],
      },
    });
  });

  it.each(['classes', 'workspaceclasses'])(
    'shows a class as one of %s, without a namespace',
    async (plural) => {
      await using api = await TestApi.start();
      await api.apply([workspaceClass('small')]);

      const { object } = await api.get(`/api/v1/${plural}/small`);
      const list = await api.get(`/api/v1/${plural}`);

      expect(object).toMatchObject({ kind: 'WorkspaceClass', spec: { backend: 'process' } });
      expect(object.metadata).not.toHaveProperty('namespace');
      expect(object).not.toHaveProperty('status');
      expect(list.list.items).toEqual([object]);
    },
  );

  it('lists templates and orgs of one namespace and of all', async () => {
    await using api = await TestApi.start();
    const apiVersion = 'treeline.dev/v1alpha1';
    await api.apply([
      { apiVersion, kind: 'WorkspaceTemplate', metadata: { name: 'writer' }, spec: { tier: 1 } },
      { apiVersion, kind: 'Org', metadata: { name: 'acme', namespace: 'other' }, spec: {} },
    ]);

    const templates = await api.get('/api/v1/namespaces/default/workspacetemplates');
    const elsewhere = await api.get('/api/v1/namespaces/other/workspacetemplates');
    const orgs = await api.get('/api/v1/orgs');

    expect(templates.list.items).toMatchObject([{ metadata: { name: 'writer' } }]);
    expect(elsewhere.body).toEqual({ items: [] });
    expect(orgs.list.items).toMatchObject([{ metadata: { name: 'acme', namespace: 'other' } }]);
  });

  it.each([
    '/api/v1/namespaces/default/workspaces/nobody',
    '/api/v1/namespaces/default/workspacetemplates/nobody',
    '/api/v1/namespaces/default/orgs/nobody',
    '/api/v1/classes/nobody',
  ])('answers 404 for %s', async (url) => {
    await using api = await TestApi.start();

    const { status, problem, headers } = await api.get(url);

    expect(status).toBe(404);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(problem).toMatchObject({ status: 404, title: 'Not Found', reason: 'NotFound' });
    expect(problem.detail).toContain('nobody does not exist');
  });

  it.each(['/api/v1/namespaces/Default/workspaces', '/api/v1/namespaces/default/workspaces/A_b'])(
    'names the parameter of %s that cannot be a name',
    async (url) => {
      await using api = await TestApi.start();

      const { status, problem } = await api.get(url);

      expect(status).toBe(400);
      expect(problem.reason).toBe('InvalidRequest');
      expect(problem.problems?.[0]?.path).toMatch(/^(ns|name)$/);
    },
  );
});

describe('lists', () => {
  it('come in pages that together are everything, in order', async () => {
    await using api = await TestApi.start();
    await api.apply(['c', 'a', 'e', 'b', 'd'].map((name) => workspace(name)));

    const first = await api.get('/api/v1/workspaces?limit=2');
    const second = await api.get(`/api/v1/workspaces?limit=2&after=${first.list.next}`);
    const third = await api.get(`/api/v1/workspaces?limit=2&after=${second.list.next}`);

    const pages = [first, second, third].map(namesOf);
    expect(pages).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    expect(third.body).not.toHaveProperty('next');
  });

  it.each([
    ['team=design', ['ada']],
    ['team!=design', ['ben', 'cy']],
    ['team=build,stage!=old', ['ben']],
  ])('of %s hold %j', async (selector, expected) => {
    await using api = await TestApi.start();
    await api.apply([
      workspace('ada', {}, { labels: { team: 'design' } }),
      workspace('ben', {}, { labels: { team: 'build' } }),
      workspace('cy', {}, { labels: { team: 'build', stage: 'old' } }),
    ]);

    const answer = await api.get(
      `/api/v1/workspaces?labelSelector=${encodeURIComponent(selector)}`,
    );

    expect(namesOf(answer)).toEqual(expected);
  });

  it('select classes by label too', async () => {
    await using api = await TestApi.start();
    await api.apply([
      workspaceClass('small', {}, { labels: { size: 's' } }),
      workspaceClass('large', {}, { labels: { size: 'l' } }),
    ]);

    const { list } = await api.get('/api/v1/classes?labelSelector=size%3Ds');

    expect(list.items).toMatchObject([{ metadata: { name: 'small' } }]);
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=5001', 'limit'],
    ['limit=many', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['folow=true', 'folow'],
  ])('refuse ?%s and name the parameter', async (query, path) => {
    await using api = await TestApi.start();

    const { status, problem } = await api.get(`/api/v1/workspaces?${query}`);

    expect(status).toBe(400);
    expect(problem.problems).toMatchObject([{ path }]);
    expect(problem.detail).toContain(path);
  });

  it.each(['after=nonsense', 'labelSelector=a', 'after=a/b/c'])('refuse ?%s', async (query) => {
    await using api = await TestApi.start();

    const { status, problem } = await api.get(`/api/v1/workspaces?${query}`);

    expect(status).toBe(400);
    expect(problem.reason).toBe('InvalidRequest');
  });
});
