import { expect, it } from '@jest/globals';
import { cloudClass } from '../../support/cloud-class.ts';
import { Ec2Harness } from '../../support/ec2-harness.ts';
import { Harness } from '../../support/harness.ts';
import { processClass, workspace } from '../../support/manifests.ts';

/** More than EC2 launches at once. */
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

function count({ log }: Pick<Harness | Ec2Harness, 'log'>, action: string): number {
  return log.lines.filter((line) => line['action'] === action && line['level'] === 'info').length;
}

it('says of no instance that it was launched while its turn has not come', async () => {
  await using harness = await Ec2Harness.start();

  await harness.apply(cloudClass(), ...NAMES.map((name) => workspace({ name })));
  await harness.settle();

  expect(count(harness, 'Launch')).toBe(NAMES.length);
});

it('says of no intent that it was stored while the quota has no room for it', async () => {
  await using harness = await Harness.start();

  await harness.apply(
    processClass({ quota: { maxWorkspaces: 1 } }),
    ...NAMES.map((name) => workspace({ name })),
  );
  await harness.look();
  await harness.advance(30);

  expect(count(harness, 'Prepare')).toBe(1);
});
