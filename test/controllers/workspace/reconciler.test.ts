import { expect, it } from '@jest/globals';
import { Harness } from '../../support/harness.ts';
import { processClass, workspace } from '../../support/manifests.ts';

it('launches a declared workspace once and says that it is online', async () => {
  await using harness = await Harness.start();
  await harness.apply(processClass(), workspace({ name: 'demo' }));

  await harness.settle();

  expect(harness.instances()).toHaveLength(1);
  expect(await harness.condition('demo', 'Ready')).toMatchObject({
    status: 'True',
    reason: 'Online',
  });
});

it('keeps one instance when the answer to a launch is lost', async () => {
  await using harness = await Harness.start();
  await harness.apply(processClass(), workspace({ name: 'demo' }));
  harness.backend.loseNextAnswer('launch');

  await harness.settle();

  expect(harness.instances()).toHaveLength(1);
  expect(await harness.condition('demo', 'Ready')).toMatchObject({ status: 'True' });
});
