import { once } from 'node:events';
import { request } from 'node:https';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { makeSelfSigned } from './self-signed.ts';
import { TestApi, workspace } from './test-api.ts';

async function connectTo(api: TestApi): Promise<Socket> {
  const { hostname, port } = new URL(await api.listen());
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  return socket;
}

describe('connections', () => {
  it('are encrypted where TLS files are given', async () => {
    const listen = { host: '127.0.0.1', port: 0, tls: makeSelfSigned() };
    await using api = await TestApi.start({ listen });
    const address = await api.listen();

    const call = request(`${address}/version`, { rejectUnauthorized: false, agent: false });
    call.end();
    const [answer] = (await once(call, 'response')) as [{ statusCode: number; resume(): void }];
    answer.resume();

    expect(address).toMatch(/^https:/);
    expect(answer.statusCode).toBe(200);
  });

  it('that break off in the middle of a request leave the server as it was', async () => {
    await using api = await TestApi.start();
    const socket = await connectTo(api);

    socket.write(
      'POST /api/v1/apply HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n' +
        'Content-Length: 1000\r\n\r\n{"documents":[',
    );
    socket.destroy();
    await once(socket, 'close');

    expect((await api.apply([workspace('ada')])).status).toBe(200);
    expect(api.captured.lines).not.toContainEqual(
      expect.objectContaining({ message: 'request failed' }),
    );
  });

  it('of a client that does not read do not hold up the closing of the server', async () => {
    await using api = await TestApi.start();
    const prompts = { system: 'x'.repeat(50_000) };
    await api.apply(
      Array.from({ length: 400 }, (_, index) => workspace(`a-${index}`, { prompts })),
    );
    const socket = await connectTo(api);
    socket.pause();
    socket.on('error', () => undefined);
    socket.write('GET /api/v1/watch/workspaces HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'readable');

    await api.server.close();

    socket.destroy();
    expect(api.server.server.listening).toBe(false);
  });

  it('are refused with 503 when too many streams are open, and served again when one ends', async () => {
    await using api = await TestApi.start();
    const address = await api.listen();
    const clients = Array.from({ length: 100 }, () => new AbortController());
    const url = `${address}/api/v1/events?follow=true`;
    await Promise.all(clients.map(({ signal }) => fetch(url, { signal })));

    const refused = await fetch(url);
    clients.forEach((client) => {
      client.abort();
    });

    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('10');
    expect(await refused.json()).toMatchObject({ reason: 'TooManyStreams' });
    await expect(untilOk(url)).resolves.toBe(200);
  });
});

/** Asks until it is served; the server learns that clients left a moment later. */
async function untilOk(url: string): Promise<number> {
  const patience = AbortSignal.timeout(10_000);
  for (;;) {
    const client = new AbortController();
    const { status } = await fetch(url, { signal: AbortSignal.any([client.signal, patience]) });
    client.abort();
    if (status === 200) {
      return status;
    }
  }
}
