import { describe, expect, it } from '@jest/globals';
import { Calls, type CallMade } from '../../../backends/ec2/calls.ts';
import { Ec2Lanes } from '../../../backends/ec2/lanes.ts';
import type { Operation, Sender } from '../../../backends/ec2/requests.ts';
import { NotFoundError, ThrottledError } from '../../../lib/errors.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

/** The SDK answers with nothing, or fails with a code of EC2. */
function callsTo(code?: string) {
  const lanes = new Ec2Lanes({ clock: new VirtualClock() });
  const made: CallMade[] = [];
  const sent: string[] = [];
  const sender: Sender = {
    send: (operation) => {
      sent.push(operation);
      return code === undefined
        ? Promise.resolve({} as never)
        : Promise.reject(Object.assign(new Error('no'), { name: code }));
    },
  };
  const calls = new Calls({
    ...{ sender, lanes, mayCall: () => true },
    onCall: (call) => made.push(call),
  });
  const tokens = () =>
    new Map(lanes.states().map(({ bucket, tokens: left, burst }) => [bucket, burst - left]));
  return { calls, made, sent, lanes, tokens };
}

const one = ['i-1'];
const filtered = { Filters: [{ Name: 'tag:a', Values: ['b'] }] };

describe('calls to EC2', () => {
  it.each<[string, Operation, object]>([
    ['no ids', 'TerminateInstances', { InstanceIds: [] }],
    ['no ids', 'DescribeInstances', { InstanceIds: [] }],
    ['no filters', 'DescribeInstances', { Filters: [] }],
    ['a filter without values', 'DescribeVolumes', { Filters: [{ Name: 'a', Values: [] }] }],
    ['neither ids nor filters', 'DescribeInstances', { MaxResults: 5 }],
    ['neither ids nor filters', 'DescribeVolumes', {}],
  ])('are never about everything: with %s none is sent', async (_title, operation, input) => {
    const { calls, sent } = callsTo();

    const sending = calls.send(operation, input, 'testing');

    await expect(sending).rejects.toThrow(/everything in the account/);
    expect(sent).toEqual([]);
  });

  it.each<[Operation, object, readonly string[]]>([
    ['DescribeInstances', filtered, ['Describe']],
    ['DescribeInstances', { InstanceIds: one }, ['DescribeUnfiltered']],
    ['DescribeVolumes', filtered, ['Describe']],
    ['DescribeSubnets', { SubnetIds: ['subnet-1'] }, ['Describe']],
    ['RunInstances', { MinCount: 1 }, ['RunInstances', 'RunInstances:instances']],
    ['StartInstances', { InstanceIds: one }, ['StartInstances', 'StartInstances:instances']],
    ['StopInstances', { InstanceIds: one }, ['Mutate', 'StopInstances:instances']],
    [
      'TerminateInstances',
      { InstanceIds: one },
      ['TerminateInstances', 'TerminateInstances:instances'],
    ],
    ['ModifyInstanceAttribute', { InstanceId: 'i-1' }, ['Mutate']],
    ['DeleteVolume', { VolumeId: 'vol-1' }, ['Mutate']],
    ['GetConsoleOutput', { InstanceId: 'i-1' }, ['GetConsoleOutput']],
    ['GetParameter', { Name: '/a' }, []],
  ])('take the turn of their bucket: %s %j', async (operation, input, buckets) => {
    const { calls, tokens } = callsTo();
    const before = tokens();

    await calls.send(operation, input, 'testing');

    const used = [...tokens()].filter(([bucket, left]) => left > (before.get(bucket) ?? 0));
    expect(used.map(([bucket]) => bucket)).toEqual(buckets);
  });

  it('are counted by how they ended', async () => {
    const fine = callsTo();
    const missing = callsTo('InvalidInstanceID.NotFound');
    const input = { InstanceIds: one };

    await fine.calls.send('StopInstances', input, 'stopping instance');
    const failing = missing.calls.send('StopInstances', input, 'stopping instance');

    await expect(failing).rejects.toBeInstanceOf(NotFoundError);
    expect(fine.made).toEqual([{ operation: 'StopInstances', code: 'ok' }]);
    expect(missing.made).toEqual([{ operation: 'StopInstances', code: 'NotFoundError' }]);
  });

  it('pause their lane after a throttle, and say for how long', async () => {
    const { calls, lanes } = callsTo('RequestLimitExceeded');

    const failing = calls.send('RunInstances', { MinCount: 1, MaxCount: 1 }, 'launching instance');

    await expect(failing).rejects.toBeInstanceOf(ThrottledError);
    await expect(failing).rejects.toMatchObject({ message: /launching instance: RequestLimit/ });
    expect(lanes.reserve('launch', 'another')).toBeGreaterThan(0);
    expect(lanes.reserve('stop', 'another')).toBe(0);
  });
});
