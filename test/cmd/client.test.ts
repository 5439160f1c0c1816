import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { ApiError, ownedBySource } from '../../cmd/api-error.ts';
import { createClient, type Client } from '../../cmd/client.ts';
import { EXIT } from '../../cmd/exit-codes.ts';

interface Served extends AsyncDisposable {
  readonly client: Client;
  readonly interrupt: () => void;
}

/** A server that answers as it is told. */
async function serve(listener: RequestListener, token?: string): Promise<Served> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const controller = new AbortController();
  return {
    client: createClient({
      server: `http://127.0.0.1:${port}`,
      ...(token === undefined ? {} : { token }),
      signal: controller.signal,
    }),
    interrupt: () => {
      controller.abort();
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const answer =
  (status: number, body: string): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  };

const problem = (members: object): string =>
  JSON.stringify({
    type: 'about:blank',
    title: 'x',
    status: 409,
    detail: 'It is so',
    reason: 'Conflict',
    ...members,
  });

const collect = async (stream: AsyncIterable<string>): Promise<string[]> => {
  const parts: string[] = [];
  for await (const part of stream) {
    parts.push(part);
  }
  return parts;
};

describe('call', () => {
  it('sends method, query, token and body, and answers what comes back', async () => {
    await using served = await serve((request, response) => {
      const { method, url, headers } = request;
      response.end(
        JSON.stringify({
          method,
          url,
          token: headers.authorization,
          type: headers['content-type'],
        }),
      );
    }, 'secret');

    const body = await served.client.call('/a', {
      method: 'PATCH',
      query: { limit: 5, after: undefined, all: true },
      body: { x: 1 },
    });

    expect(body).toEqual({
      method: 'PATCH',
      url: '/a?limit=5&all=true',
      token: 'Bearer secret',
      type: 'application/merge-patch+json',
    });
  });

  it.each([
    [404, EXIT.notFound],
    [401, EXIT.refused],
    [409, EXIT.refused],
    [412, EXIT.refused],
    [422, EXIT.failure],
    [500, EXIT.failure],
  ])('turns a problem with status %d into exit code %d', async (status, exitCode) => {
    await using served = await serve(answer(status, problem({ status })));

    await expect(served.client.call('/')).rejects.toMatchObject({ exitCode, message: 'it is so' });
  });

  it('lists what is wrong with each document', async () => {
    await using served = await serve(
      answer(
        422,
        problem({
          status: 422,
          problems: [
            { document: 0, path: 'spec.tier', message: 'must be <= 4' },
            { object: 'Workspace default/ada', path: '', message: 'is odd' },
          ],
        }),
      ),
    );

    await expect(served.client.call('/')).rejects.toThrow(
      'it is so\n  document 1: spec.tier: must be <= 4\n  Workspace default/ada: is odd',
    );
  });

  it('says what to do about a token that is refused', async () => {
    await using served = await serve(
      answer(401, problem({ status: 401, reason: 'InvalidToken', detail: 'Unknown token' })),
    );

    await expect(served.client.call('/')).rejects.toThrow('unknown token: give another --token');
  });

  it('says how to get a controller when none listens', async () => {
    const served = await serve(answer(200, '{}'));
    await served[Symbol.asyncDispose]();

    await expect(served.client.call('/')).rejects.toMatchObject({
      exitCode: EXIT.noServer,
      message: `no controller answers at ${served.client.server}: start one with \`treeline run\` or set --server`,
    });
  });

  it.each([
    [200, '<html>'],
    [404, '{"error":"no"}'],
    [502, ''],
  ])('tells another server from a controller (%d %j)', async (status, body) => {
    await using served = await serve(answer(status, body));

    await expect(served.client.call('/')).rejects.toMatchObject({
      exitCode: EXIT.noServer,
      message: expect.stringContaining('does not answer like a Treeline API') as unknown,
    });
  });

  it('takes an empty answer for one', async () => {
    await using served = await serve((_request, response) => response.writeHead(204).end());

    expect(await served.client.call('/')).toBeNull();
  });

  it('ends with Ctrl-C while it waits', async () => {
    const asked = Promise.withResolvers<true>();
    await using served = await serve(() => {
      asked.resolve(true);
    });

    const call = served.client.call('/');
    await asked.promise;
    served.interrupt();

    await expect(call).rejects.toMatchObject({ exitCode: EXIT.interrupted });
  });
});

describe('streamLines', () => {
  it('puts lines together that arrive in pieces, and leaves heartbeats out', async () => {
    await using served = await serve((_request, response) => {
      for (const chunk of ['\n{"a"', ':"ü"}\n\n', '\n{"b":', '2}\n{"c":3}']) {
        response.write(chunk);
      }
      response.end();
    });

    expect(await collect(served.client.streamLines('/'))).toEqual([
      '{"a":"ü"}',
      '{"b":2}',
      '{"c":3}',
    ]);
  });

  it('puts characters together that are cut in two', async () => {
    const [first, second] = [Buffer.from('ü\n').subarray(0, 1), Buffer.from('ü\n').subarray(1)];
    await using served = await serve((_request, response) => {
      response.write(first);
      setImmediate(() => response.end(second));
    });

    expect(await collect(served.client.streamLines('/'))).toEqual(['ü']);
  });

  it('fails with the problem of the server', async () => {
    await using served = await serve(answer(409, problem({})));

    await expect(collect(served.client.streamLines('/'))).rejects.toBeInstanceOf(ApiError);
  });

  it('notices that the connection was cut', async () => {
    await using served = await serve((_request, response) => {
      response.write('one\n');
      setImmediate(() => response.destroy());
    });

    await expect(collect(served.client.streamLines('/'))).rejects.toMatchObject({
      exitCode: EXIT.noServer,
    });
  });
});

describe('ownedBySource', () => {
  it.each([
    [
      { set: 'directory', file: 'manifests/x.yaml:12' },
      'workspace default/ada is declared in manifests/x.yaml:12 (set "directory"): edit that file instead',
    ],
    [
      { set: 'kubernetes' },
      'workspace default/ada is declared by another source (set "kubernetes"): change it there instead',
    ],
  ])('says where to change it: %j', (members, message) => {
    expect(ownedBySource('workspace default/ada', members)).toMatchObject({
      message,
      exitCode: EXIT.refused,
    });
  });
});
