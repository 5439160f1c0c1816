import { beforeEach, describe, expect, it } from '@jest/globals';
import { WorkQueue, type WorkQueueMetrics } from '../../runtime/work-queue.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

let clock: VirtualClock;
let queue: WorkQueue;

beforeEach(() => {
  clock = new VirtualClock();
  queue = new WorkQueue({
    clock,
    random: () => 0,
    backoff: { initialSeconds: 1, maxSeconds: 60, jitter: 0.5 },
  });
});

/** Takes every ready key and finishes it. */
async function takeAll(): Promise<(string | undefined)[]> {
  const taken: (string | undefined)[] = [];
  while (queue.depth > 0) {
    const key = await queue.get();
    taken.push(key);
    queue.done(key ?? '');
  }
  return taken;
}

describe('the order of keys', () => {
  it('gives keys in the order of adding', async () => {
    queue.add('a', 'resync');
    queue.add('b', 'resync');
    queue.add('c', 'resync');

    expect(await takeAll()).toEqual(['a', 'b', 'c']);
  });

  it('gives a key that was added several times once', async () => {
    queue.add('a', 'resync');
    queue.add('b', 'resync');
    queue.add('a', 'resync');

    expect(queue.depth).toBe(2);
    expect(await takeAll()).toEqual(['a', 'b']);
  });

  it('gives user changes before resync keys', async () => {
    queue.add('old', 'resync');
    queue.add('first', 'user');
    queue.add('second', 'user');

    expect(await takeAll()).toEqual(['first', 'second', 'old']);
  });

  it('promotes a resync key that a user changes', async () => {
    queue.add('a', 'resync');
    queue.add('b', 'resync');
    queue.add('b', 'user');

    expect(await takeAll()).toEqual(['b', 'a']);
  });

  it('does not demote a user key that the resync finds too', async () => {
    queue.add('b', 'user');
    queue.add('a', 'user');
    queue.add('b', 'resync');

    expect(await takeAll()).toEqual(['b', 'a']);
  });
});

describe('a key in hand', () => {
  it('is given to no second worker, but again after it is done', async () => {
    queue.add('a', 'resync');
    await queue.get();

    queue.add('a', 'resync');
    const depthInHand = queue.depth;
    queue.done('a');

    expect(depthInHand).toBe(0);
    expect(await takeAll()).toEqual(['a']);
  });

  it('is given once more, however often it was added', async () => {
    queue.add('a', 'resync');
    await queue.get();
    queue.add('a', 'resync');
    queue.add('a', 'user');
    queue.add('b', 'resync');

    queue.done('a');

    expect(await takeAll()).toEqual(['a', 'b']);
  });

  it('is not ready again when nobody added it', async () => {
    queue.add('a', 'resync');
    await queue.get();

    queue.done('a');
    queue.done('a');

    expect(queue.depth).toBe(0);
  });
});

it('names every key that is ready or in hand, once, and none that waits for its time', async () => {
  queue.add('a', 'resync');
  await queue.get();
  queue.add('a', 'resync');
  queue.add('b', 'user');
  queue.addAfter('c', 10);

  expect(queue.keys().toSorted()).toEqual(['a', 'b']);
});

it('changes nothing when a key that is not in hand is said to be done', async () => {
  queue.add('a', 'resync');

  queue.done('a');

  expect(await takeAll()).toEqual(['a']);
});

describe('a worker that waits', () => {
  it('gets the next key as soon as there is one, the one that waited longest first', async () => {
    const workers = [queue.get(), queue.get()];

    queue.add('a', 'resync');
    queue.add('b', 'resync');

    expect(await Promise.all(workers)).toEqual(['a', 'b']);
  });

  it('gets nothing when its signal is aborted, and takes no key with it', async () => {
    const stop = new AbortController();
    const stopped = queue.get(stop.signal);
    const waiting = queue.get();

    stop.abort();
    queue.add('a', 'resync');

    expect(await stopped).toBeUndefined();
    expect(await queue.get(stop.signal)).toBeUndefined();
    expect(await waiting).toBe('a');
  });
});

describe('delayed adds', () => {
  it('make a key ready at its time and not before', async () => {
    queue.addAfter('a', 10, 'resync');

    await clock.advance(9_999);
    const before = queue.depth;
    await clock.advance(1);

    expect(before).toBe(0);
    expect(queue.depth).toBe(1);
  });

  it.each([
    [10, 5],
    [5, 10],
  ])('of %i s and %i s make a key ready once, at the earlier time', async (first, second) => {
    queue.addAfter('a', first, 'resync');
    queue.addAfter('a', second, 'resync');

    await clock.advance(5_000);
    const early = await takeAll();
    await clock.advance(60_000);

    expect(early).toEqual(['a']);
    expect(queue.depth).toBe(0);
  });

  it('make keys ready in the order of their times', async () => {
    queue.addAfter('c', 3, 'resync');
    queue.addAfter('a', 1, 'resync');
    queue.addAfter('b', 2, 'resync');

    await clock.advance(3_000);

    expect(await takeAll()).toEqual(['a', 'b', 'c']);
  });

  it.each([
    [10, 5],
    [5, 10],
  ])('keep a user priority, whichever of %i s and %i s is earlier', async (users, resyncs) => {
    queue.addAfter('b', users, 'user');
    queue.addAfter('b', resyncs, 'resync');
    queue.addAfter('a', 1, 'resync');

    await clock.advance(10_000);

    expect(await takeAll()).toEqual(['b', 'a']);
  });

  it('of no time at all are immediate', () => {
    queue.addAfter('a', 0, 'resync');
    queue.addAfter('b', -1, 'resync');

    expect(queue.depth).toBe(2);
  });

  it('inherit the priority of the pass in hand', async () => {
    queue.add('b', 'user');
    await queue.get();
    queue.addAfter('b', 2);
    queue.done('b');
    queue.addAfter('a', 1);

    await clock.advance(2_000);

    expect(await takeAll()).toEqual(['b', 'a']);
  });

  it('do not hold back an immediate one', async () => {
    queue.addAfter('a', 10, 'resync');

    queue.add('a', 'user');

    expect(await takeAll()).toEqual(['a']);
  });

  it('come in time when the wall clock is set back', async () => {
    queue.addAfter('a', 10, 'resync');

    clock.stepWallClock(-3_600_000);
    await clock.advance(10_000);

    expect(queue.depth).toBe(1);
  });

  it('may be further away than the longest timer', async () => {
    const days = 40 * 24 * 3600;
    queue.addAfter('a', days, 'resync');

    await clock.advance((days - 1) * 1000);
    const before = queue.depth;
    await clock.advance(1000);

    expect(before).toBe(0);
    expect(queue.depth).toBe(1);
  });

  it('share one timer', () => {
    for (let index = 0; index < 50_000; index += 1) {
      queue.addAfter(`key-${index}`, 1000 - (index % 1000), 'resync');
    }

    expect(queue.delayed).toBe(50_000);
    expect(clock.pendingTimers).toBe(1);
  });

  it('are over when they are cancelled, and leave no timer behind', async () => {
    queue.addAfter('a', 5, 'resync');
    queue.addAfter('b', 10, 'resync');

    queue.cancelDelayed('a');
    queue.cancelDelayed('never delayed');
    await clock.advance(9_000);
    const before = [queue.delayed, queue.depth];
    queue.cancelDelayed('b');

    expect(before).toEqual([1, 0]);
    expect([queue.delayed, clock.pendingTimers]).toEqual([0, 0]);
  });

  it('may be put off again and again, and none is lost', async () => {
    queue.addAfter('soon', 1, 'resync');
    for (let seconds = 10; seconds < 100_000; seconds += 1) {
      queue.addAfter('a', seconds, 'resync');
      queue.cancelDelayed('a');
    }
    queue.addAfter('a', 2, 'resync');

    await clock.advance(2_000);

    expect(await takeAll()).toEqual(['soon', 'a']);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('backoff', () => {
  it('doubles with every failure of a key, for each key alone', async () => {
    queue.addRateLimited('a');
    await clock.advance(1_000);
    await takeAll();
    queue.addRateLimited('a');
    queue.addRateLimited('b');

    await clock.advance(1_000);
    const afterOneSecond = await takeAll();
    await clock.advance(1_000);

    expect(afterOneSecond).toEqual(['b']);
    expect(await takeAll()).toEqual(['a']);
    expect(queue.failuresOf('a')).toBe(2);
  });

  it('starts anew when the failures are forgotten', async () => {
    queue.addRateLimited('a');
    await clock.advance(1_000);
    await takeAll();
    queue.forget('a');

    queue.addRateLimited('a');
    await clock.advance(1_000);

    expect(queue.failuresOf('a')).toBe(1);
    expect(await takeAll()).toEqual(['a']);
  });

  it('is shortened by chance, so that keys do not come back together', async () => {
    const lucky = new WorkQueue({
      clock,
      random: () => 0.999,
      backoff: { initialSeconds: 1, maxSeconds: 60, jitter: 0.5 },
    });

    lucky.addRateLimited('a');
    await clock.advance(501);

    expect(lucky.depth).toBe(1);
  });
});

describe('shutdown', () => {
  it('sends waiting workers home', async () => {
    const workers = [queue.get(), queue.get()];

    queue.shutDown();

    expect(await Promise.all(workers)).toEqual([undefined, undefined]);
    expect(queue.isShutDown).toBe(true);
  });

  it('hands out no key any more and accepts none', async () => {
    queue.add('a', 'user');

    queue.shutDown();
    queue.add('b', 'user');
    queue.addAfter('c', 1, 'user');

    expect(await queue.get()).toBeUndefined();
    expect(queue.depth).toBe(1);
    expect(queue.delayed).toBe(0);
  });

  it('leaves no timer behind', () => {
    queue.addAfter('a', 10, 'resync');

    queue.shutDown();

    expect(clock.pendingTimers).toBe(0);
  });
});

it('reports depth, adds, waiting times and retries', async () => {
  const reported: [string, number?][] = [];
  const metrics: WorkQueueMetrics = {
    depth: (keys) => reported.push(['depth', keys]),
    added: () => reported.push(['added']),
    waited: (seconds) => reported.push(['waited', seconds]),
    retried: () => reported.push(['retried']),
  };
  const measured = new WorkQueue({ clock, random: () => 0, metrics });

  measured.add('a', 'resync');
  measured.add('a', 'resync');
  await clock.advance(2_000);
  await measured.get();
  measured.addRateLimited('a');

  expect(reported).toEqual([['added'], ['depth', 1], ['depth', 0], ['waited', 2], ['retried']]);
});

it('works 50,000 keys off without ever looking at the others', async () => {
  const startedAt = performance.now();
  for (let index = 0; index < 50_000; index += 1) {
    queue.add(`key-${index}`, 'resync');
  }
  for (let index = 0; index < 50_000; index += 2) {
    queue.add(`key-${index}`, 'user');
  }

  const taken = await takeAll();

  expect(new Set(taken).size).toBe(50_000);
  // About 0.1 s where measured; an array's `shift` or a walk over holes takes minutes.
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});
