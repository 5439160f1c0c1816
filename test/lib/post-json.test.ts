import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UnknownOutcomeError } from '../../lib/errors.ts';
import { postJson } from '../../lib/post-json.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('postJson', () => {
  it('sends JSON and answers status and text, whatever they are', async () => {
    const url = await serve((request, response) => {
      response.statusCode = 418;
      response.write(`${request.method ?? ''} ${request.headers['content-type'] ?? ''} `);
      request.pipe(response);
    });

    expect(await postJson(url, { text: 'häppi' })).toEqual({
      status: 418,
      text: 'POST application/json {"text":"häppi"}',
    });
  });

  it('connects to the addresses that it is given, and looks up no name', async () => {
    const url = new URL(await serve((request, response) => response.end(request.headers.host)));
    url.hostname = 'agent.invalid';

    // Nobody listens at the first.
    const { text } = await postJson(url.href, {}, { addresses: ['127.0.0.2', '127.0.0.1'] });

    expect(text).toBe(url.host);
  });

  it('does not go where it is sent', async () => {
    let asked = 0;
    const elsewhere = await serve((_request, response) => {
      asked += 1;
      response.end();
    });
    const url = await serve((_request, response) => {
      response.writeHead(307, { location: elsewhere }).end();
    });

    expect((await postJson(url, {})).status).toBe(307);
    expect(asked).toBe(0);
  });

  it('does not know what happened when nobody answers in time', async () => {
    const url = await serve(() => undefined);

    await expect(postJson(url, {}, { timeoutSeconds: 0.05 })).rejects.toThrow(UnknownOutcomeError);
  });

  it.each<readonly [string, RequestListener]>([
    [
      'breaks off',
      (_request, response) => {
        response.write('{', () => response.destroy());
      },
    ],
    [
      'is too long',
      (_request, response) => {
        response.end('x'.repeat(2 * 1024 * 1024));
      },
    ],
  ])('takes no answer that %s', async (_title, listener) => {
    const url = await serve(listener);

    await expect(postJson(url, {})).rejects.toThrow(UnknownOutcomeError);
  });

  it('does not know either when nobody listens', async () => {
    await expect(postJson('http://127.0.0.1:1', {})).rejects.toThrow(UnknownOutcomeError);
  });
});
