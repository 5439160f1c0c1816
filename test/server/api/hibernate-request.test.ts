import { describe, expect, it } from '@jest/globals';
import { findWorkspace } from '../../../store/workspaces.ts';
import { TestApi, shareApi, workspace } from '../test-api.ts';
import { CLAIMED_AT, see, type Seen } from './seen-workspace.ts';

const ADA = '/api/v1/namespaces/default/workspaces/ada';

async function startWith(seen: Seen, spec: object = {}): Promise<TestApi> {
  const api = await TestApi.start();
  await api.apply([workspace('ada', spec)]);
  await see(api.db, seen);
  return api;
}

async function requestsOf(api: TestApi) {
  return (await findWorkspace(api.db, 'default', 'ada'))?.requests;
}

describe('hibernate', () => {
  it.each<readonly [string, Seen]>([
    ['that is Degraded', { phase: 'Degraded' }],
    ['whose agent has nothing to do', { phase: 'Online', tasks: { attempt: 2, active: 0 } }],
    [
      'whose agent of an earlier attempt was busy',
      { phase: 'Online', tasks: { attempt: 1, active: 3 } },
    ],
    ['that was asked to wake up again', { phase: 'Hibernated', claimedAtWake: 'earlier' }],
  ])('is stored for one %s', async (_title, seen) => {
    await using api = await startWith(seen);

    expect((await api.send('POST', `${ADA}/hibernate`)).status).toBe(202);
    expect(await requestsOf(api)).toHaveProperty('hibernateRequestedAt');
  });

  it.each<readonly [string, Seen, string, string]>([
    [
      'busy',
      { phase: 'Online', tasks: { attempt: 2, active: 2 } },
      'AgentBusy',
      'has 2 active tasks',
    ],
    ['paused', { phase: 'Paused' }, 'Paused', 'is paused'],
    ['not up', { phase: 'Provisioning' }, 'NotOnline', 'is Provisioning'],
  ])('is refused while it is %s', async (_title, seen, reason, why) => {
    await using api = await startWith(seen);

    const { status, problem } = await api.send('POST', `${ADA}/hibernate`);

    expect([status, problem.reason]).toEqual([409, reason]);
    expect(problem.detail).toContain(`Workspace default/ada ${why}`);
    expect(await requestsOf(api)).toEqual({});
  });

  it('is refused for an agent that runs elsewhere', async () => {
    await using api = await startWith(
      { phase: 'Online' },
      { external: { url: 'http://192.0.2.1' } },
    );

    const { status, problem } = await api.send('POST', `${ADA}/hibernate?force=true`);

    expect([status, problem.reason]).toEqual([409, 'ExternalAgent']);
  });

  it('is stored for a busy one by force, and a later one is without force again', async () => {
    await using api = await startWith({ phase: 'Online', tasks: { attempt: 2, active: 2 } });

    const { status } = await api.send('POST', `${ADA}/hibernate?force=true`);
    expect(status).toBe(202);
    expect(await requestsOf(api)).toMatchObject({ hibernateForced: 'true' });

    await api.db.updateTable('agent_reports').set({ active_tasks: 0 }).execute();
    await api.send('POST', `${ADA}/hibernate`);
    expect(await requestsOf(api)).toMatchObject({ hibernateForced: 'false' });
  });
});

describe('hibernate of one that sleeps', () => {
  const api = shareApi({}, async (one) => {
    await one.apply([workspace('ada')]);
  });

  it.each<readonly [string, Seen['phase'], string]>([
    ['sleeps', 'Hibernated', 'hibernate'],
    ['sleeps, by force,', 'Hibernated', 'hibernate?force=true'],
    ['falls asleep', 'Hibernating', 'hibernate'],
  ])(
    'that %s is fulfilled: nothing is left that would outlive its wake',
    async (_title, phase, verb) => {
      await see(api().db, { phase, claimedAtWake: '' });

      const { status, body } = await api().send('POST', `${ADA}/${verb}`);

      expect(status).toBe(202);
      expect(body).toMatchObject({ requestedAt: CLAIMED_AT });
      expect(await requestsOf(api())).toEqual({});
    },
  );

  it('is stored by force while it falls asleep', async () => {
    await see(api().db, { phase: 'Hibernating', claimedAtWake: '' });

    await api().send('POST', `${ADA}/hibernate?force=true`);

    expect(await requestsOf(api())).toMatchObject({ hibernateForced: 'true' });
  });
});
