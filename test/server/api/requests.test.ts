import { describe, expect, it } from '@jest/globals';
import { findWorkspace } from '../../../store/workspaces.ts';
import { TestApi, workspace } from '../test-api.ts';
import { see } from './seen-workspace.ts';

const ADA = '/api/v1/namespaces/default/workspaces/ada';

describe.each([
  ['restart', 'restartRequestedAt', {}],
  ['reconcile', 'reconcileRequestedAt', {}],
  ['wake', 'wakeRequestedAt', {}],
  ['hibernate', 'hibernateRequestedAt', { hibernateForced: 'false' }],
])('%s', (verb, column, beside) => {
  it('stores a wish, also for a workspace that a folder owns, and leaves the spec alone', async () => {
    await using api = await TestApi.start();
    await api.applyAs('directory', [workspace('ada')]);
    await see(api.db, { phase: 'Online' });

    const { status, body } = await api.send('POST', `${ADA}/${verb}`);

    const stored = await findWorkspace(api.db, 'default', 'ada');
    expect(status).toBe(202);
    expect(body).toMatchObject({
      uid: stored?.uid,
      requestedAt: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
    });
    expect(stored?.requests).toEqual({
      [column]: (body as { requestedAt: string }).requestedAt,
      ...beside,
    });
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

  it('does not take what it does not know for granted', async () => {
    await using api = await TestApi.start();
    await api.apply([workspace('ada')]);

    expect((await api.send('POST', `${ADA}/${verb}?hard=true`)).status).toBe(400);
  });
});

describe('wake', () => {
  it('is refused while it is paused, which is for people to end', async () => {
    await using api = await TestApi.start();
    await api.apply([workspace('ada')]);
    await see(api.db, { phase: 'Paused' });

    const { status, problem } = await api.send('POST', `${ADA}/wake`);

    expect([status, problem.reason]).toEqual([409, 'Paused']);
  });
});

describe.each([
  ['restart', 'Online', undefined],
  [
    'restart?resetSession=true',
    'Paused',
    'is paused, or below one that is: it starts, with an empty state, with its next resume',
  ],
  ['wake', 'Hibernated', undefined],
  ['wake', 'Online', 'is not asleep'],
  ['reconcile', 'Paused', undefined],
] as const)('%s of one that is %s', (verb, phase, remark) => {
  it(`answers with the remark ${String(remark)}`, async () => {
    await using api = await TestApi.start();
    await api.apply([workspace('ada')]);
    await see(api.db, { phase });

    const { status, body } = await api.send('POST', `${ADA}/${verb}`);

    expect(status).toBe(202);
    expect((body as { remark?: string }).remark).toBe(remark);
  });
});

describe('wake of one that was to hibernate', () => {
  it('takes that wish back, so that it is not put to sleep at once', async () => {
    await using api = await TestApi.start();
    await api.apply([workspace('ada')]);
    await see(api.db, { phase: 'Online' });

    await api.send('POST', `${ADA}/hibernate`);
    const { body } = await api.send('POST', `${ADA}/wake`);

    expect((await findWorkspace(api.db, 'default', 'ada'))?.requests).toEqual({
      wakeRequestedAt: (body as { requestedAt: string }).requestedAt,
      hibernateForced: 'false',
    });
  });
});

describe('restart with resetSession', () => {
  it('says of which restart it is', async () => {
    await using api = await TestApi.start();
    await api.apply([workspace('ada')]);

    const { body } = await api.send('POST', `${ADA}/restart?resetSession=true`);
    const { requestedAt } = body as { requestedAt: string };

    expect((await findWorkspace(api.db, 'default', 'ada'))?.requests).toEqual({
      restartRequestedAt: requestedAt,
      resetSessionAt: requestedAt,
    });
  });
});
