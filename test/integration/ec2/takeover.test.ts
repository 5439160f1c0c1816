import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { cloudClass } from '../../support/cloud-class.ts';
import { Ec2Harness } from '../../support/ec2-harness.ts';
import { workspace } from '../../support/manifests.ts';
import { expectAccount } from './account.ts';
import { plantForeign } from './by-hand.ts';

const CLASS = cloudClass();
const SUBJECT = workspace({ name: 'subject' });

let harness: Ec2Harness;

beforeAll(async () => {
  harness = await Ec2Harness.start({ connections: 4, logLevel: 'info' });
});

afterAll(() => harness[Symbol.asyncDispose]());

/** Where a leader is stopped: before one of its next connections to PostgreSQL, or in its call to EC2. */
const PLACES = [
  ...Array.from({ length: 10 }, (_, at) => ({ name: `before its statement ${at}`, at })),
  { name: 'with its call on the way', wait: 'before' as const },
  { name: 'with the answer on the way', wait: 'after' as const },
];

it.each(PLACES)(
  'launches one instance when a leader is stopped $name while another takes over',
  async (place) => {
    await harness.reset();
    await plantForeign(harness.fake);
    const { process } = harness;
    const stopped =
      'at' in place
        ? process.life.stopAtConnect(place.at)
        : harness.fake.faults.hold('RunInstances', place.wait);
    await harness.apply(CLASS, SUBJECT);
    const looking = harness.look();
    await stopped.arrived;

    await harness.lead();
    await harness.settle();
    stopped.release();
    process.resume();
    await looking;
    await harness.settle();

    await expectAccount(harness, { subject: 'running' });
    expect(harness.fake.history.filter(({ event }) => event === 'terminated')).toEqual([]);
  },
);
