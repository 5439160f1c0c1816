import { expect, it } from '@jest/globals';
import { ec2Client, idsOf, runOne } from '../../fakes/ec2/client.ts';
import { Ec2TestBed } from './ec2-test-bed.ts';

/** Well formed, and of no instance. */
const BAD_ID = 'i-00000000000000bad';
const MANY = 499;

it('ends 499 of 500 instances when one of the ids does not exist, in a few calls', async () => {
  await using bed = await Ec2TestBed.start();
  const { fake, backend } = bed;
  const client = ec2Client(fake.url);
  const ids = idsOf(await client.send(runOne({ MinCount: MANY, MaxCount: MANY })));
  client.destroy();

  await Promise.all(
    [...ids.slice(0, 250), BAD_ID, ...ids.slice(250)].map((id) => backend.terminate(id)),
  );

  expect(fake.instances().filter(({ state }) => state !== 'terminated')).toEqual([]);
  expect(fake.history.filter(({ event }) => event === 'terminated')).toHaveLength(MANY);
  expect(fake.recorder.count('TerminateInstances')).toBeLessThanOrEqual(3);
});
