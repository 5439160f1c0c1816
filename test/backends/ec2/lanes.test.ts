import { expect, it } from '@jest/globals';
import { Ec2Lanes } from '../../../backends/ec2/lanes.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

it('hands turns out in the order of asking, at the pace of the bucket', () => {
  const lanes = new Ec2Lanes({ clock: new VirtualClock() });

  const waits = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((key) => lanes.reserve('launch', key));

  expect(waits.map((seconds) => Number(seconds.toFixed(3)))).toEqual([0, 0, 0, 0, 0.4, 0.9, 1.4]);
});

it('answers the rest of the same turn when a key asks again', async () => {
  const clock = new VirtualClock();
  const lanes = new Ec2Lanes({ clock });
  for (const key of ['a', 'b', 'c', 'd']) {
    await lanes.take('RunInstances', [key]);
  }
  ['e', 'f'].forEach((key) => lanes.reserve('launch', key));

  await clock.advance(300);

  expect(lanes.reserve('launch', 'f')).toBeCloseTo(0.6);
  expect(lanes.reserve('launch', 'e')).toBeCloseTo(0.1);
});
