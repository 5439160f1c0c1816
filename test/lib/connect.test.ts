import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import { canConnect } from '../../lib/connect.ts';

async function listen() {
  const server = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

it('connects to the host of a URL, or to the address that is given instead of it', async () => {
  const { server, port } = await listen();
  await using _ = server;

  expect(await canConnect(`http://127.0.0.1:${port}/path`)).toBe(true);
  expect(await canConnect(`http://no-such-name.invalid:${port}`, '127.0.0.1')).toBe(true);
});

it('says no where nobody listens', async () => {
  const { server, port } = await listen();
  await server[Symbol.asyncDispose]();

  expect(await canConnect(`http://127.0.0.1:${port}`)).toBe(false);
});
