import { expect, it } from '@jest/globals';
import type { Rendering } from '../../../api/rendering.ts';
import { TestApi } from '../test-api.ts';

const RENDERING: Rendering = {
  ...{ uid: 'uid-ada', namespace: 'default', name: 'ada', class: 'local' },
  ...{ missing: ['missing environment: B'], env: { TOKEN: '***' }, mutators: [], credentials: [] },
  ...{ files: [], plugins: [], schedules: [{ name: 'daily', cron: '0 9 * * *' }], channels: [] },
};

const pathOf = (name: string) => `/api/v1/namespaces/default/workspaces/${name}/render`;

it('answers what a launch would deliver', async () => {
  await using api = await TestApi.start({
    renderWorkspace: (namespace, name) => Promise.resolve({ ...RENDERING, namespace, name }),
  });

  const { status, body } = await api.get(pathOf('bob'));

  expect(status).toBe(200);
  expect(body).toEqual({ ...RENDERING, name: 'bob' });
});

it('says when there is no such workspace, and when it cannot render', async () => {
  await using knows = await TestApi.start({ renderWorkspace: () => Promise.resolve(undefined) });
  await using cannot = await TestApi.start();

  expect((await knows.get(pathOf('nobody'))).problem.reason).toBe('NotFound');
  expect((await cannot.get(pathOf('ada'))).status).toBe(501);
});
