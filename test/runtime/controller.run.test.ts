import { beforeEach, describe, expect, it } from '@jest/globals';
import { ControllerRig, DONE } from './controller-rig.ts';

let rig: ControllerRig;

beforeEach(() => {
  rig = new ControllerRig();
});

describe('concurrency', () => {
  it('works on as many keys at once as it is told, and on one key never twice', async () => {
    const inHand: string[] = [];
    const seen: string[][] = [];
    void rig.run(
      async (key) => {
        inHand.push(key);
        seen.push(inHand.toSorted());
        await rig.clock.sleep(1_000);
        inHand.splice(inHand.indexOf(key), 1);
        return DONE;
      },
      { concurrency: 2 },
    );

    ['a', 'b', 'c'].forEach((key) => {
      rig.queue.add(key, 'resync');
    });
    await rig.clock.flush();
    rig.queue.add('a', 'user');
    await rig.clock.advance(10_000);

    expect(rig.keys).toEqual(['a', 'b', 'a', 'c']);
    expect(Math.max(...seen.map((keys) => keys.length))).toBe(2);
    expect(seen.filter((keys) => new Set(keys).size < keys.length)).toEqual([]);
  });
});

describe('the stop', () => {
  it('lets the step in hand finish, and takes no further key', async () => {
    const events: string[] = [];
    const running = rig
      .run(async (key, signal) => {
        await rig.clock.sleep(5_000);
        events.push(`${key} finished, aborted: ${signal.aborted}`);
        return { kind: 'requeueAfter', seconds: 1 };
      })
      .then(() => events.push('ended'));
    rig.queue.add('a', 'resync');
    rig.queue.add('b', 'resync');
    await rig.clock.flush();

    rig.stop.abort();
    await rig.clock.advance(5_000);
    await running;

    expect(events).toEqual(['a finished, aborted: false', 'ended']);
    expect(rig.queue.isShutDown).toBe(true);
    expect(rig.clock.pendingTimers).toBe(0);
  });

  it('aborts a step that takes longer than the grace', async () => {
    const running = rig.run(
      async (_key, signal) => {
        await rig.clock.sleep(3_600_000, signal);
        return DONE;
      },
      { stopGraceSeconds: 10 },
    );
    rig.queue.add('a', 'resync');
    await rig.clock.flush();

    rig.stop.abort();
    await rig.clock.advance(10_000);
    await running;

    expect(rig.clock.monotonicMs()).toBe(10_000);
  });

  it('ends at once when nothing is in hand', async () => {
    const running = rig.run(() => Promise.resolve(DONE), { concurrency: 4 });
    await rig.clock.flush();

    rig.stop.abort();
    await running;

    expect(rig.clock.monotonicMs()).toBe(0);
  });

  it('may come before the start', async () => {
    rig.stop.abort();
    rig.queue.add('a', 'resync');

    await rig.run(() => Promise.resolve(DONE));

    expect(rig.keys).toEqual([]);
  });
});

describe('the tick', () => {
  it('goes on while the controller is idle', async () => {
    let ticks = 0;
    void rig.run(
      () => Promise.resolve(DONE),
      {},
      () => (ticks += 1),
    );

    await rig.clock.advance(60_000);

    expect(ticks).toBeGreaterThanOrEqual(12);
  });

  it('stops while a pass is stuck', async () => {
    let lastTick = 0;
    void rig.run(
      async () => {
        await rig.clock.sleep(3_600_000);
        return DONE;
      },
      { stuckAfterSeconds: 30 },
      () => {
        lastTick = rig.clock.monotonicMs() / 1000;
      },
    );

    rig.queue.add('a', 'resync');
    await rig.clock.advance(600_000);

    expect(lastTick).toBe(25);
  });
});

it('ends all its workers when one breaks, so that it can be run again', async () => {
  const broken = new Error('the metric is broken');
  const reconciled = (): void => {
    throw broken;
  };
  const running = rig.run(() => Promise.resolve(DONE), { concurrency: 3, metrics: { reconciled } });
  rig.queue.add('a', 'resync');

  await expect(running).rejects.toBe(broken);
  rig.queue.add('a', 'resync');
  rig.queue.add('b', 'resync');
  await rig.clock.flush();

  expect(rig.keys).toHaveLength(1);
  expect(rig.clock.pendingTimers).toBe(0);
});
