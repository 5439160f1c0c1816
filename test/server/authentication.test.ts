import { describe, expect, it } from '@jest/globals';
import { createApiToken, revokeApiToken } from '../../store/api-tokens.ts';
import { TestApi, shareApi } from './test-api.ts';

const OPERATOR = 'tl_operator-secret';
const READER = 'tl_reader-secret';
const REVOKED = 'tl_revoked-secret';

const READ = { method: 'GET', url: '/api/v1/workspaces' } as const;
const WRITE = { method: 'POST', url: '/api/v1/apply', payload: { documents: [] } } as const;

async function addTokens({ db }: TestApi): Promise<void> {
  await createApiToken(db, { id: '1', name: 'ops', token: OPERATOR, readOnly: false });
  await createApiToken(db, { id: '2', name: 'page', token: READER, readOnly: true });
  await createApiToken(db, { id: '3', name: 'old', token: REVOKED, readOnly: false });
  await revokeApiToken(db, '3');
}

describe('where tokens are required', () => {
  const api = shareApi({ allowWithoutToken: false }, addTokens);

  it.each([
    [{}, READ, '401 Unauthenticated'],
    [{}, WRITE, '401 Unauthenticated'],
    [{ authorization: 'Bearer tl_wrong' }, READ, '401 InvalidToken'],
    [{ authorization: `Bearer ${REVOKED}` }, READ, '401 InvalidToken'],
    [{ authorization: `Basic ${OPERATOR}` }, READ, '401 InvalidToken'],
    [{ authorization: OPERATOR }, READ, '401 InvalidToken'],
    [{ authorization: '' }, READ, '401 InvalidToken'],
    [{ authorization: `Bearer ${READER}` }, WRITE, '403 ReadOnlyToken'],
  ])('refuses %j to ask for %j', async (headers, request, expected) => {
    const { status, problem } = await api().call({ ...request, headers });

    expect(`${status} ${problem.reason}`).toBe(expected);
  });

  it.each([
    ['an operator to read', OPERATOR, READ],
    ['an operator to write', OPERATOR, WRITE],
    ['a read-only token to read', READER, READ],
  ])('allows %s', async (_title, token, request) => {
    const answer = await api().call({ ...request, headers: { authorization: `Bearer ${token}` } });

    expect(answer.status).toBe(200);
  });

  it('tells clients how to authenticate', async () => {
    const without = await api().call(READ);
    const wrong = await api().call({ ...READ, headers: { authorization: 'Bearer tl_wrong' } });

    expect(without.headers['www-authenticate']).toBe('Bearer realm="treeline"');
    expect(wrong.headers['www-authenticate']).toContain('error="invalid_token"');
  });

  it.each(['/healthz', '/readyz', '/version', '/openapi.json'])(
    'answers %s without one',
    async (url) => {
      expect((await api().get(url)).status).toBe(200);
    },
  );

  it.each(['/metrics', '/api/v1/events', '/api/v1/tokens', '/api/v1/no-such-thing', '/'])(
    'tells nothing about %s without one',
    async (url) => {
      expect((await api().get(url)).status).toBe(401);
    },
  );

  it('takes a token from any host and origin: a page cannot send one it does not know', async () => {
    const headers = {
      authorization: `Bearer ${OPERATOR}`,
      host: 'treeline.example.com',
      origin: 'https://elsewhere.example.com',
    };

    expect((await api().call({ ...READ, headers })).status).toBe(200);
  });
});

describe('where loopback needs no token', () => {
  const api = shareApi();

  it('still refuses a wrong token', async () => {
    const answer = await api().call({ ...READ, headers: { authorization: 'Bearer tl_wrong' } });

    expect(answer.status).toBe(401);
  });

  it.each([
    ['127.0.0.1:7070', {}],
    ['localhost:7070', {}],
    ['[::1]:7070', {}],
    ['127.0.0.1', {}],
    ['localhost:7070', { origin: 'http://localhost:7070' }],
    ['localhost:7070', { 'sec-fetch-site': 'same-origin' }],
    ['localhost:7070', { 'sec-fetch-site': 'none' }],
  ])('answers a request to %s with %j', async (host, headers) => {
    const answer = await api().call({ ...WRITE, headers: { host, ...headers } });

    expect(answer.status).toBe(200);
  });

  it.each([
    'rebound.example.com',
    'rebound.example.com:7070',
    '10.0.0.1:7070',
    '127.0.0.1.nip.example',
  ])('refuses a name that was pointed at it: Host %j', async (host) => {
    const answer = await api().call({ ...READ, headers: { host } });

    expect(answer.status).toBe(403);
    expect(answer.problem.reason).toBe('ForeignHost');
  });

  it.each([
    { origin: 'https://elsewhere.example.com' },
    { origin: 'http://localhost:3000' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('refuses a page of another origin: %j', async (headers) => {
    const answer = await api().call({ ...WRITE, headers: { host: 'localhost:7070', ...headers } });

    expect(answer.status).toBe(403);
    expect(answer.problem.reason).toBe('ForeignOrigin');
  });

  it('refuses the text/plain body that a page of another origin could send unasked', async () => {
    const answer = await api().call({
      method: 'POST',
      url: '/api/v1/apply',
      headers: { 'content-type': 'text/plain' },
      payload: '{"documents":[]}',
    });

    expect(answer.status).toBe(415);
    expect(answer.problem.reason).toBe('UnsupportedMediaType');
  });
});

describe('where authentication is off', () => {
  it('ignores tokens, and answers the host of the public URL as well', async () => {
    await using api = await TestApi.start({
      authentication: 'none',
      allowWithoutToken: false,
      listen: { host: '127.0.0.1', port: 7070, publicUrl: 'https://treeline.example.com' },
    });

    const answer = await api.call({
      ...WRITE,
      headers: {
        authorization: 'Bearer whatever',
        host: 'treeline.example.com',
        origin: 'https://treeline.example.com',
      },
    });

    expect(answer.status).toBe(200);
  });

  it('refuses other hosts', async () => {
    await using api = await TestApi.start({ authentication: 'none', allowWithoutToken: false });

    expect((await api.call({ ...READ, headers: { host: 'rebound.example' } })).status).toBe(403);
  });
});

describe('starting', () => {
  it('is refused on a listener that is not safe', async () => {
    const start = TestApi.start({ listen: { host: '0.0.0.0', port: 7070 } });

    await expect(start).rejects.toThrow(/everybody who reaches it is an operator/);
  });
});
