import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { openDb } from '../../store/db.ts';
import { BackendUnavailableError, ThrottledError, UnauthorizedError } from '../../lib/errors.ts';
import { TestApi, shareApi, workspace } from './test-api.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

function post(payload: string | Buffer, url = '/api/v1/apply') {
  return { method: 'POST', url, payload, headers: JSON_TYPE } as const;
}

describe('requests that make no sense', () => {
  const api = shareApi();

  it.each([
    ['not JSON', '{"documents": [', 400],
    ['empty', '', 400],
    ['not UTF-8 text of JSON', Buffer.from([0xff, 0xfe, 0x00]), 400],
    ['a prototype in disguise', '{"documents":[{"__proto__":{"polluted":true}}]}', 400],
    ['a constructor in disguise', '{"documents":[{"constructor":{"prototype":{}}}]}', 400],
    ['a list', '[]', 400],
    ['null', 'null', 400],
  ])('are refused: %s', async (_title, payload, status) => {
    const answer = await api().call(post(payload));

    expect(answer.status).toBe(status);
    expect(answer.problem.reason).toBe('InvalidRequest');
    expect({}).not.toHaveProperty('polluted');
  });

  it('are refused when nested deeper than any manifest, and the server goes on', async () => {
    const depth = 200_000;

    const answer = await api().call(
      post(`{"documents":[${'['.repeat(depth)}${']'.repeat(depth)}]}`),
    );

    expect(answer.status).toBe(400);
    expect(answer.problem.detail).toContain('nested deeper');
    expect((await api().get('/healthz')).status).toBe(200);
  });

  it.each([
    [{ documents: {} }, ['documents']],
    [{}, ['documents']],
    [{ documents: [], prune: 'yes' }, ['prune']],
    [{ documents: [], prune: 'true' }, ['prune']],
    [{ documents: [], colour: 1, dryrun: true }, ['colour', 'dryrun']],
    [{ documents: [], applySet: 'Not A Name' }, ['applySet']],
    [{ documents: [], directories: { first: {} } }, ['directories.first']],
    [
      { documents: [], directories: { '0': { files: { 'a.txt': 1 } } } },
      ['directories[0].files.a.txt'],
    ],
  ])('name each wrong field of a body: %j', async (payload, paths) => {
    const { status, problem } = await api().send('POST', '/api/v1/apply', payload);

    expect(status).toBe(400);
    expect(problem.problems?.map(({ path }) => path)).toEqual(paths);
  });

  it.each([
    '/api/v1/nothing',
    '/api/v1/namespaces/default/pods',
    '/nowhere?x=1',
    '/api/v2/workspaces',
  ])('are answered with a problem where there is no route: %s', async (url) => {
    const { status, problem, headers } = await api().get(url);

    expect(status).toBe(404);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(problem).toMatchObject({ reason: 'NoSuchRoute', type: 'about:blank' });
    expect(problem.detail).not.toContain('?');
  });

  it('are answered with a problem where the URL cannot be decoded', async () => {
    const { status, problem } = await api().get('/api/v1/namespaces/%zz/workspaces');

    expect(status).toBe(400);
    expect(problem.reason).toBe('InvalidRequest');
  });
});

describe('bodies that are too large', () => {
  it('are refused with 413 before they are read', async () => {
    await using api = await TestApi.start();
    const url = new URL(await api.listen());
    const socket = connect(Number(url.port), url.hostname);
    socket.write(
      `POST /api/v1/apply HTTP/1.1\r\nHost: ${url.host}\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${100 * 1024 * 1024}\r\n\r\n{"documents":[`,
    );

    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();

    expect(answer.toString()).toMatch(/^HTTP\/1.1 413 /);
    expect(answer.toString()).toContain('"reason":"PayloadTooLarge"');
    expect((await api.get('/healthz')).status).toBe(200);
  });

  it('are refused while they come, when nobody said how large they are', async () => {
    await using api = await TestApi.start();
    const address = await api.listen();
    const chunk = new Uint8Array(1024 * 1024).fill(32);
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1;
        controller.enqueue(chunk);
      },
    });

    const answer = await fetch(`${address}/api/v1/apply`, {
      method: 'POST',
      body,
      headers: JSON_TYPE,
      duplex: 'half',
    }).then(
      ({ status }) => status,
      () => 'connection cut',
    );

    expect([413, 'connection cut']).toContain(answer);
    expect(sent).toBeLessThan(100);
    expect((await api.get('/healthz')).status).toBe(200);
  });

  it('have a smaller limit where one workspace is edited', async () => {
    await using api = await TestApi.start();

    const answer = await api.send('PATCH', '/api/v1/namespaces/default/workspaces/ada', {
      spec: { role: 'x'.repeat(2 * 1024 * 1024) },
    });

    expect(answer.status).toBe(413);
    expect(answer.problem.reason).toBe('PayloadTooLarge');
  });
});

describe('failures of the surroundings', () => {
  it('are 503 with Retry-After while the database is away, and say nothing of where it is', async () => {
    const db = openDb({
      connection: 'postgres://somebody:secret@127.0.0.1:1/treeline',
      maxConnections: 1,
      applicationName: 'test',
      onConnectionError: () => undefined,
    });
    await using api = await TestApi.start({ db });

    const answers = [
      await api.get('/api/v1/workspaces'),
      await api.apply([workspace('ada')]),
      await api.call({
        method: 'GET',
        url: '/api/v1/classes',
        headers: { authorization: 'Bearer tl_unknown' },
      }),
    ];
    await db.destroy();

    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
    expect(answers[0]?.headers['retry-after']).toBe('2');
    expect(answers[0]?.problem.reason).toBe('DatabaseUnavailable');
    expect(answers.map(({ text }) => text).join()).not.toMatch(/secret|127\.0\.0\.1|select/i);
    expect(api.captured.lines).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'request failed' }),
    );
  });

  it('that nobody expected are 500 without a stack, and in the log with one', async () => {
    const metricsText = () => Promise.reject(new Error('select secret from nowhere'));
    await using api = await TestApi.start({ metricsText });

    const { status, problem, text } = await api.get('/metrics');

    expect(status).toBe(500);
    expect(problem.reason).toBe('InternalError');
    expect(text).not.toMatch(/select|errors\.test/);
    expect(JSON.stringify(api.captured.lines)).toContain('select secret from nowhere');
  });

  it.each<readonly [Error, number]>([
    [new BackendUnavailableError('asking: /var/run/docker.sock'), 503],
    [new ThrottledError('asking: slow down', 5), 503],
    [new UnauthorizedError('asking: who are you'), 503],
  ])('of a backend say so: %s', async (error, status) => {
    await using api = await TestApi.start({ readLog: () => Promise.reject(error) });
    await api.apply([workspace('ada')]);

    const answer = await api.get('/api/v1/namespaces/default/workspaces/ada/log');

    expect(answer.status).toBe(status);
    expect(answer.problem.reason).toBe('BackendUnavailable');
    expect(answer.text).not.toContain('asking');
  });
});
