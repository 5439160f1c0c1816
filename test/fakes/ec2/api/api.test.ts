import { afterAll, beforeAll, describe } from '@jest/globals';
import { FakeEc2 } from '../fake-ec2.ts';
import { MotoServer } from '../moto-server.ts';
import { preparePython } from '../python.ts';
import { itKeepsInstances } from './instances.suite.ts';
import { itKeepsResources } from './resources.suite.ts';

const python = await preparePython();

describe('the fake EC2', () => {
  itKeepsTheApi(() => FakeEc2.start({ throttling: false }));
});

python.describe('moto', () => {
  itKeepsTheApi(() => MotoServer.start(python));
});

/** One server for all: moto takes seconds to start. */
function itKeepsTheApi(start: () => Promise<AsyncDisposable & { readonly url: string }>): void {
  let server: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  itKeepsInstances(() => server.url);
  itKeepsResources(() => server.url);
}
