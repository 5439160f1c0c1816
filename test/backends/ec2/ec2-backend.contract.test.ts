import { describeBackend, type BackendUnderTest } from '../backend-contract.ts';
import type { FakeEc2Options } from '../../fakes/ec2/fake-ec2.ts';
import { Ec2TestBed, launchableClass } from './ec2-test-bed.ts';

async function openFakeEc2(options: FakeEc2Options = {}): Promise<BackendUnderTest> {
  const bed = await Ec2TestBed.start(options);
  const { fake, backend } = bed;
  return {
    backend,
    another: bed.open(),
    foreign: bed.open({ installationId: 'another-installation' }),
    classSpec: launchableClass(),
    // It fetches its bundle itself, and a machine that has powered itself off does not say with what code its agent ended.
    tells: { configHash: false, exit: {} },
    fail: (id) => {
      fake.shutDown(id);
      return Promise.resolve();
    },
    pause: () => {
      // The agents of the fake write their line once they have had time to.
      for (const { id } of fake.instances().filter(({ state }) => state === 'running')) {
        fake.writeConsole(id, 'ready\r\n');
      }
      fake.advance(1);
      return Promise.resolve();
    },
    [Symbol.asyncDispose]: () => bed[Symbol.asyncDispose](),
  };
}

describeBackend('ec2', () => openFakeEc2());

describeBackend('ec2, slow and eventually consistent', () =>
  openFakeEc2({
    pendingSeconds: 8,
    stoppingSeconds: 4,
    shuttingDownSeconds: 6,
    idLagSeconds: 12,
    tagLagSeconds: 20,
  }),
);
