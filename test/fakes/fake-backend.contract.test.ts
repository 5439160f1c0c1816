import { VirtualClock } from '../support/virtual-clock.ts';
import { createFakeBackend } from './fake-backend.ts';
import type { FakeProviderOptions } from './provider-state.ts';
import { describeBackend, type BackendUnderTest } from '../backends/backend-contract.ts';
import { INSTALLATION_ID } from '../backends/intents.ts';

const command = ['agent'];

function openFake(options: Partial<FakeProviderOptions>): BackendUnderTest {
  const clock = new VirtualClock();
  const backend = createFakeBackend({ clock, installationId: INSTALLATION_ID, ...options });
  const { provider } = backend;
  return {
    backend: backend,
    another: backend.another(),
    foreign: backend.another({ installationId: 'another-installation' }),
    classSpec: {
      backend: 'process',
      process: { runtimes: { agent: { command }, failing: { command } } },
    },
    fail: (id) => {
      provider.writeLog(id, 'last words\n');
      provider.exit(id, { code: 3 });
      return Promise.resolve();
    },
    pause: () => clock.advance(1000),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

describeBackend('fake', () => Promise.resolve(openFake({})));

describeBackend('fake, slow and eventually consistent', () =>
  Promise.resolve(openFake({ settleSeconds: 30, visibleAfterSeconds: 20, transitionSeconds: 5 })),
);
