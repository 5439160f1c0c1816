import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { cloudClass } from '../../support/cloud-class.ts';
import { Ec2Harness } from '../../support/ec2-harness.ts';
import { workspace } from '../../support/manifests.ts';

let harness: Ec2Harness;

beforeAll(async () => {
  harness = await Ec2Harness.start({ connections: 4, logLevel: 'info' });
});
beforeEach(() => harness.reset());
afterAll(() => harness[Symbol.asyncDispose]());

it('tells what EC2 says of an instance whose start failed, and launches another one', async () => {
  await harness.apply(cloudClass(), workspace({ name: 'subject' }));
  await harness.settle();
  const [first] = harness.instances();

  harness.fake.failStart(first?.id ?? '', {
    code: 'Client.VolumeLimitExceeded',
    message: 'Volume limit exceeded',
  });
  await harness.settle();

  expect(await harness.messages('subject')).toContain(
    'the instance of attempt 1 is gone: Client.VolumeLimitExceeded: Volume limit exceeded',
  );
  expect(harness.instances().map(({ state }) => state)).toEqual(['running']);
});
