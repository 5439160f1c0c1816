import { expect, it } from '@jest/globals';
import { Calls } from '../../../backends/ec2/calls.ts';
import { Ec2Lanes } from '../../../backends/ec2/lanes.ts';
import type { Operation, Sender } from '../../../backends/ec2/requests.ts';
import { ConflictError } from '../../../lib/errors.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

function start() {
  const clock = new VirtualClock();
  const lanes = new Ec2Lanes({ clock });
  const lease = { holds: true };
  const sent: Operation[] = [];
  const sender: Sender = {
    send: (operation) => {
      sent.push(operation);
      return Promise.resolve({ $metadata: {} } as never);
    },
  };
  const calls = new Calls({ sender, lanes, mayCall: () => lease.holds, onCall: () => undefined });
  return { clock, lanes, lease, sent, calls };
}

it('sends no change once the lease is about to end, even if it ended while the call waited for its turn', async () => {
  const { clock, lanes, lease, sent, calls } = start();
  for (const key of ['a', 'b', 'c', 'd']) {
    await lanes.take('RunInstances', [key]);
  }

  const launch = calls.send('RunInstances', { MinCount: 1, MaxCount: 1 }, 'launching', {
    keys: ['e'],
  });
  lease.holds = false;
  const refused = expect(launch).rejects.toThrow(ConflictError);
  await clock.advance(1000);

  await refused;
  expect(sent).toEqual([]);
});

it('reads whoever leads', async () => {
  const { lease, sent, calls } = start();
  lease.holds = false;

  await calls.send('DescribeImages', { ImageIds: ['ami-1'] }, 'reading');

  expect(sent).toEqual(['DescribeImages']);
});
