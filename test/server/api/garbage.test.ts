import { describe, expect, it } from '@jest/globals';
import { listGarbage, readBreaker, storeBreaker, upsertGarbage } from '../../../store/garbage.ts';
import { TestApi } from '../test-api.ts';

const APPROVE = '/api/v1/garbage/approve';

async function startWithUnclaimed(...instanceIds: readonly string[]): Promise<TestApi> {
  const api = await TestApi.start();
  await api.lead(async (tx) => {
    for (const instanceId of instanceIds) {
      await upsertGarbage(tx, {
        backend: 'process',
        instanceId,
        workspaceUid: 'uid-1',
        attempt: 2,
        evidence: { state: 'running' },
        decision: 'unclaimed',
      });
    }
  });
  return api;
}

async function openBreaker(api: TestApi, digest: string): Promise<void> {
  await api.lead((tx) =>
    storeBreaker(tx, { reason: 'TooMany', message: '9 of 10', digest, liveRecords: 1 }),
  );
}

describe('garbage', () => {
  it('is empty where nothing is left over', async () => {
    await using api = await TestApi.start();

    expect((await api.get('/api/v1/garbage')).body).toEqual({
      entries: [],
      breaker: { isOpen: false, liveRecords: 0 },
    });
  });

  it('is shown with the evidence, and the breaker with the digest to approve', async () => {
    await using api = await startWithUnclaimed('i-1');
    await openBreaker(api, 'abc');

    expect((await api.get('/api/v1/garbage')).body).toMatchObject({
      entries: [
        {
          backend: 'process',
          instanceId: 'i-1',
          workspaceUid: 'uid-1',
          attempt: 2,
          decision: 'unclaimed',
          evidence: { state: 'running' },
        },
      ],
      breaker: { isOpen: true, reason: 'TooMany', message: '9 of 10', digest: 'abc' },
    });
  });

  it('is approved by id, with the name of who did', async () => {
    await using api = await startWithUnclaimed('i-1', 'i-2');

    const { status, body } = await api.send('POST', APPROVE, {
      instances: [{ backend: 'process', instanceId: 'i-2' }],
    });

    expect(status).toBe(200);
    expect(body).toEqual({ approved: 1, breakerApproved: false });
    expect(await listGarbage(api.db)).toMatchObject([
      { instanceId: 'i-1', decision: 'unclaimed' },
      { instanceId: 'i-2', decision: 'approved', approvedBy: 'local' },
    ]);
  });

  it('is approved as a whole or not at all', async () => {
    await using api = await startWithUnclaimed('i-1');

    const { status, problem } = await api.send('POST', APPROVE, {
      instances: [
        { backend: 'process', instanceId: 'i-1' },
        { backend: 'process', instanceId: 'i-unknown' },
      ],
    });

    expect(status).toBe(409);
    expect(problem.reason).toBe('NotUnclaimed');
    expect(problem.detail).toContain('i-unknown');
    expect(await listGarbage(api.db)).toMatchObject([{ decision: 'unclaimed' }]);
  });

  it('that the breaker halted is approved by the digest of exactly that list', async () => {
    await using api = await TestApi.start();
    await openBreaker(api, 'abc');

    const stale = await api.send('POST', APPROVE, { breakerDigest: 'an older list' });
    const exact = await api.send('POST', APPROVE, { breakerDigest: 'abc' });

    expect(stale.status).toBe(409);
    expect(stale.problem.reason).toBe('DigestMismatch');
    expect(exact.body).toEqual({ approved: 0, breakerApproved: true });
    expect(await readBreaker(api.db)).toMatchObject({ approvedDigest: 'abc' });
  });

  it.each([
    {},
    { instances: [] },
    { instances: [{ backend: 'process' }] },
    { instances: [{ backend: 'process', instanceId: 'a\0' }] },
    { breakerDigest: '\0' },
    { all: true },
  ])('is not approved by %j', async (body) => {
    await using api = await TestApi.start();

    expect((await api.send('POST', APPROVE, body)).status).toBe(400);
  });
});
