import { describe, expect, it } from '@jest/globals';
import { reportApplySet } from '../../../store/apply-sets.ts';
import { inTransaction } from '../../../store/db.ts';
import { TestApi } from '../test-api.ts';

const HELD = { digest: 'abc', deletions: ['Workspace default/ada', 'Workspace default/ben'] };

async function startWith(held: typeof HELD | undefined): Promise<TestApi> {
  const api = await TestApi.start();
  await inTransaction(api.db, (tx) =>
    reportApplySet(tx, {
      name: 'directory',
      state: held === undefined ? 'Active' : 'Held',
      problems: ['team.yaml:3:1: unknown field'],
      ...(held && { held }),
    }),
  );
  return api;
}

describe('sources', () => {
  it('are listed with their problems and what they hold back', async () => {
    await using api = await startWith(HELD);

    expect((await api.get('/api/v1/sources')).body).toMatchObject({
      items: [
        {
          name: 'directory',
          state: 'Held',
          problems: ['team.yaml:3:1: unknown field'],
          heldDigest: 'abc',
          heldDeletions: HELD.deletions,
        },
      ],
    });
  });

  it('are told to go on by the digest of exactly what is held', async () => {
    await using api = await startWith(HELD);

    const { status, body } = await api.send('POST', '/api/v1/sources/directory/confirm', {
      digest: 'abc',
    });

    expect(status).toBe(200);
    expect(body).toMatchObject({ confirmedDigest: 'abc', confirmedBy: 'local' });
    expect(api.captured.lines).toMatchObject([{ message: 'confirmed held deletions' }]);
  });

  it('refuse the digest of another list', async () => {
    await using api = await startWith(HELD);

    const { status, problem } = await api.send('POST', '/api/v1/sources/directory/confirm', {
      digest: 'an older list',
    });

    expect(status).toBe(409);
    expect(problem.reason).toBe('DigestMismatch');
    expect(problem.detail).toContain('abc');
  });

  it('refuse a digest when nothing is held', async () => {
    await using api = await startWith(undefined);

    const { problem } = await api.send('POST', '/api/v1/sources/directory/confirm', {
      digest: 'abc',
    });

    expect(problem.reason).toBe('NothingHeld');
  });

  it('answer 404 for one that never reported', async () => {
    await using api = await TestApi.start();

    const { status } = await api.send('POST', '/api/v1/sources/nobody/confirm', { digest: 'abc' });

    expect(status).toBe(404);
  });
});
