import { DescribeInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from '@jest/globals';
import { eventuallyTrue } from '../../support/eventually.ts';
import { runOne } from './client.ts';
import {
  droppedAfter,
  droppedBefore,
  failedAfter,
  late,
  refused,
  slow,
  throttled,
} from './faults.ts';
import { startFake } from './world-under-test.ts';

describe('a fault', () => {
  it.each([
    [refused('InsufficientInstanceCapacity'), 'InsufficientInstanceCapacity', 500, 0],
    [throttled(), 'RequestLimitExceeded', 503, 0],
    [failedAfter(), 'InternalError', 500, 1],
    [failedAfter('ServiceUnavailable'), 'ServiceUnavailable', 503, 1],
  ])('can be %j', async (fault, name, httpStatusCode, count) => {
    await using world = await startFake();
    world.fake.faults.next('RunInstances', fault);

    const call = world.client.send(runOne());

    await expect(call).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
    expect(world.fake.instances()).toHaveLength(count);
  });

  it.each([
    ['before', droppedBefore(), 0],
    ['after', droppedAfter(), 1],
  ])('can end the connection %s the effect', async (_when, fault, count) => {
    await using world = await startFake();
    world.fake.faults.next('RunInstances', fault);

    const call = world.client.send(runOne());

    await expect(call).rejects.toThrow('socket hang up');
    expect(world.fake.instances()).toHaveLength(count);
    expect(world.fake.recorder.counts()).toEqual({ RunInstances: { Dropped: 1 } });
  });

  it('meets the n-th next call of its action, once', async () => {
    await using world = await startFake();
    world.fake.faults.next('RunInstances', throttled(), 2);
    world.fake.faults.next('*', refused('InternalError'), 4);

    const launches = [];
    for (let count = 0; count < 4; count += 1) {
      launches.push(...(await Promise.allSettled([world.client.send(runOne())])));
    }

    expect(launches.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
    ]);
    expect(world.fake.faults.pending()).toEqual([]);
  });

  it('can stand until it is taken away, for one caller or action', async () => {
    await using world = await startFake();
    const end = world.fake.faults.always('DescribeInstances', throttled());

    const refusedCall = world.client.send(new DescribeInstancesCommand({}));
    await expect(refusedCall).rejects.toMatchObject({ name: 'RequestLimitExceeded' });
    const launched = await world.client.send(runOne());
    end();

    expect(launched.Instances).toHaveLength(1);
    await expect(world.client.send(new DescribeInstancesCommand({}))).resolves.toBeDefined();
  });
});

describe('a late call', () => {
  it('takes effect at its time, with the token it was sent with', async () => {
    await using world = await startFake();
    world.fake.faults.next('RunInstances', late({ afterSeconds: 60 }));
    const call = runOne({ ClientToken: 'token' });
    await expect(world.client.send(call)).rejects.toThrow('socket hang up');

    world.clock.jump(59_999);
    const early = world.fake.instances();
    world.clock.jump(1);

    expect(early).toEqual([]);
    expect(world.fake.instances()).toMatchObject([{ token: 'token', state: 'running' }]);
    await world.client.send(call);
    expect(world.fake.instances()).toHaveLength(1);
  });

  it('takes effect when the test says, and its caller may have got an error', async () => {
    await using world = await startFake();
    world.fake.faults.next('RunInstances', late({ code: 'ServiceUnavailable' }));
    const call = world.client.send(runOne());
    await expect(call).rejects.toMatchObject({ name: 'ServiceUnavailable' });

    const before = world.fake.instances().length;
    world.fake.deliverLateCalls();

    expect([before, world.fake.instances().length]).toEqual([0, 1]);
    expect(world.fake.lateCallCount).toBe(0);
    expect(world.fake.recorder.calls()).toMatchObject([
      { outcome: 'ServiceUnavailable', isLanding: false, fault: 'late' },
      { outcome: 'Success', isLanding: true, fault: 'late' },
    ]);
  });

  it('is refused from 15 minutes after its signature on', async () => {
    await using world = await startFake();
    world.fake.faults.next('RunInstances', late());
    world.fake.faults.next('RunInstances', late({ afterSeconds: 900 }), 2);
    await expect(world.client.send(runOne())).rejects.toThrow();
    await expect(world.client.send(runOne())).rejects.toThrow();

    world.clock.jump(900_000);
    world.fake.deliverLateCalls();

    expect(world.fake.instances()).toEqual([]);
    expect(world.fake.lateCallCount).toBe(0);
  });
});

describe('a call that waits', () => {
  it('is held before or after its effect until it is released', async () => {
    await using world = await startFake();
    const before = world.fake.faults.hold('RunInstances', 'before');
    const first = world.client.send(runOne());
    await before.arrived;
    const seenBefore = world.fake.instances().length;
    const after = world.fake.faults.hold('RunInstances', 'after');
    const second = world.client.send(runOne());
    await after.arrived;
    const seenAfter = world.fake.instances().length;

    before.release();
    after.release();

    await Promise.all([first, second]);
    expect([seenBefore, seenAfter, world.fake.instances().length]).toEqual([0, 1, 2]);
  });

  it('is refused when it was held for longer than signatures count', async () => {
    await using world = await startFake();
    const held = world.fake.faults.hold('TerminateInstances');
    await world.client.send(runOne());
    const InstanceIds = world.fake.instances().map(({ id }) => id);
    const call = world.client.send(new TerminateInstancesCommand({ InstanceIds }));
    await held.arrived;

    world.clock.jump(900_000);
    held.release();

    await expect(call).rejects.toMatchObject({ name: 'RequestExpired' });
    expect(world.fake.instances()).toMatchObject([{ state: 'running' }]);
  });

  it('is answered slowly in the time of the fake', async () => {
    await using world = await startFake();
    world.fake.faults.next('RunInstances', slow(5));
    let isAnswered = false;
    const call = world.client.send(runOne()).then((answer) => {
      isAnswered = true;
      return answer;
    });
    await eventuallyTrue({ until: 'the answer waits' }, () => world.clock.pendingTimers === 1);

    await world.clock.advance(4999);
    await world.client.send(new DescribeInstancesCommand({}));
    const wasAnswered = isAnswered;
    await world.clock.advance(1);

    await expect(call).resolves.toMatchObject({ Instances: [{}] });
    expect(wasAnswered).toBe(false);
  });
});
