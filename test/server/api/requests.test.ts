import { describe, expect, it } from '@jest/globals';
import { findWorkspace } from '../../../store/workspaces.ts';
import { TestApi, workspace } from '../test-api.ts';

const ADA = '/api/v1/namespaces/default/workspaces/ada';

describe.each([
  ['restart', 'restartRequestedAt'],
  ['reconcile', 'reconcileRequestedAt'],
])('%s', (verb, column) => {
  it('stores a wish, also for a workspace that a folder owns, and leaves the spec alone', async () => {
    await using api = await TestApi.start();
    await api.applyAs('directory', [workspace('ada')]);

    const { status, body } = await api.send('POST', `${ADA}/${verb}`);

    const stored = await findWorkspace(api.db, 'default', 'ada');
    expect(status).toBe(202);
    expect(body).toEqual({
      uid: stored?.uid,
      requestedAt: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
    });
    expect(stored?.requests).toEqual({ [column]: (body as { requestedAt: string }).requestedAt });
    expect(stored?.generation).toBe(1);
  });

  it('answers 404 where there is nobody', async () => {
    await using api = await TestApi.start();

    expect((await api.send('POST', `${ADA}/${verb}`)).status).toBe(404);
  });

  it('is refused while it is being deleted', async () => {
    await using api = await TestApi.start();
    await api.apply([workspace('ada')]);
    await api.send('DELETE', ADA);

    const { status, problem } = await api.send('POST', `${ADA}/${verb}`);

    expect(status).toBe(409);
    expect(problem.reason).toBe('BeingDeleted');
  });
});
