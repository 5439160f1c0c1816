import { describe, expect, it } from '@jest/globals';
import type { ApiToken, CreatedToken } from '../../../server/contract-operations.ts';
import { TestApi, type Answer } from '../test-api.ts';

const created = ({ body }: Answer): CreatedToken => body as CreatedToken;
const listed = ({ body }: Answer): readonly ApiToken[] => (body as { items: ApiToken[] }).items;

describe('tokens', () => {
  it('work from the moment they are shown, once', async () => {
    await using api = await TestApi.start();

    const answer = await api.send('POST', '/api/v1/tokens', { name: 'ci' });
    const { token, ...record } = created(answer);
    const used = await api.call({
      method: 'GET',
      url: '/api/v1/tokens',
      headers: { authorization: `Bearer ${token}` },
    });

    expect(answer.status).toBe(201);
    expect(token).toMatch(/^tl_[\w-]{43}$/);
    expect(used.status).toBe(200);
    expect(listed(used)).toEqual([record]);
    expect(used.text).not.toContain(token);
    expect(JSON.stringify(api.captured.lines)).not.toContain(token);
  });

  it('that may only read may only read', async () => {
    await using api = await TestApi.start();
    const { token, readOnly } = created(
      await api.send('POST', '/api/v1/tokens', { name: 'page', readOnly: true }),
    );
    const headers = { authorization: `Bearer ${token}` };

    const read = await api.call({ method: 'GET', url: '/api/v1/workspaces', headers });
    const write = await api.call({
      method: 'POST',
      url: '/api/v1/tokens',
      headers,
      payload: { name: 'more' },
    });

    expect(readOnly).toBe(true);
    expect(read.status).toBe(200);
    expect(write.status).toBe(403);
  });

  it('are refused as soon as they are revoked, and stay in the list', async () => {
    await using api = await TestApi.start();
    const { token, id } = created(await api.send('POST', '/api/v1/tokens', { name: 'ci' }));

    const revoked = await api.send('DELETE', `/api/v1/tokens/${id}`);
    const again = await api.send('DELETE', `/api/v1/tokens/${id}`);
    const used = await api.call({
      method: 'GET',
      url: '/api/v1/workspaces',
      headers: { authorization: `Bearer ${token}` },
    });

    expect(revoked.status).toBe(204);
    expect(revoked.text).toBe('');
    expect(again.status).toBe(404);
    expect(used.status).toBe(401);
    expect(listed(await api.get('/api/v1/tokens'))).toMatchObject([
      { id, revokedAt: expect.any(String) as unknown },
    ]);
  });

  it.each([
    {},
    { name: '' },
    { name: 'a\0' },
    { name: '\u001b[2J' },
    { name: 'x'.repeat(101) },
    { name: 'a', admin: true },
  ])('are not made of %j', async (body) => {
    await using api = await TestApi.start();

    expect((await api.send('POST', '/api/v1/tokens', body)).status).toBe(400);
  });
});
