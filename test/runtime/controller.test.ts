import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  ConflictError,
  FencedError,
  InsufficientCapacityError,
  TerminalError,
} from '../../lib/errors.ts';
import type { ReconcileOutcome, Result } from '../../runtime/controller.ts';
import { ControllerRig, DONE, failing } from './controller-rig.ts';

let rig: ControllerRig;

beforeEach(() => {
  rig = new ControllerRig();
});

describe('what becomes of a key', () => {
  it('is nothing after done', async () => {
    void rig.run(() => Promise.resolve(DONE));

    rig.queue.add('a', 'resync');
    await rig.clock.advance(600_000);

    expect(rig.times).toEqual([0]);
    expect(rig.captured.lines).toEqual([]);
  });

  it('is another pass at the time it asked for', async () => {
    const results: Result[] = [{ kind: 'requeueAfter', seconds: 30 }];
    void rig.run(() => Promise.resolve(results.pop() ?? DONE));

    rig.queue.add('a', 'resync');
    await rig.clock.advance(600_000);

    expect(rig.times).toEqual([0, 30]);
  });

  it.each<readonly [string, Result, readonly number[]]>([
    ['nothing more when the newest pass asks for none', DONE, [0, 10]],
    [
      'a later one when the newest pass asks for that',
      { kind: 'requeueAfter', seconds: 100 },
      [0, 10, 110],
    ],
    ['an earlier one as well', { kind: 'requeueAfter', seconds: 5 }, [0, 10, 15]],
  ])('is, of the times that several passes ask for, %s', async (_title, second, times) => {
    const results: Result[] = [{ kind: 'requeueAfter', seconds: 60 }, second];
    void rig.run(() => Promise.resolve(results.shift() ?? DONE));
    rig.queue.add('a', 'resync');
    await rig.clock.advance(10_000);

    rig.queue.add('a', 'user');
    await rig.clock.advance(600_000);

    expect(rig.times).toEqual(times);
    expect(rig.queue.delayed).toBe(0);
  });

  it('is a growing wait after errors that ask for backoff', async () => {
    const conflict = (): Error => new ConflictError('updating: changed');
    void rig.run(failing(conflict(), conflict(), conflict()));

    rig.queue.add('a', 'resync');
    await rig.clock.advance(600_000);

    expect(rig.times).toEqual([0, 1, 3, 7]);
  });

  it.each<Result>([DONE, { kind: 'requeueAfter', seconds: 600 }])(
    'is a first wait again after a success in between: %j',
    async (success) => {
      const conflict = new ConflictError('updating: changed');
      const outcomes = [conflict, conflict, success, conflict];
      void rig.run(() => {
        const outcome = outcomes.shift() ?? DONE;
        return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
      });
      rig.queue.add('a', 'resync');
      await rig.clock.advance(100_000);

      rig.queue.add('a', 'resync');
      await rig.clock.advance(100_000);

      expect(rig.times).toEqual([0, 1, 3, 100, 101]);
    },
  );

  it('is a pass after the time that the error asks for', async () => {
    void rig.run(failing(new InsufficientCapacityError('launching: no room')));

    rig.queue.add('a', 'resync');
    await rig.clock.advance(600_000);

    expect(rig.times).toEqual([0, 60]);
    expect(rig.queue.failuresOf('a')).toBe(0);
  });

  it('is nothing until the next add after an error that only an edit can heal', async () => {
    void rig.run(failing(new TerminalError('reading spec', { reason: 'InvalidSpec' })));
    rig.queue.add('a', 'resync');
    await rig.clock.advance(600_000);
    const before = [...rig.times];

    rig.queue.add('a', 'user');
    await rig.clock.flush();

    expect(before).toEqual([0]);
    expect(rig.times).toEqual([0, 600]);
  });

  it('is backoff after a bug, whatever was thrown', async () => {
    void rig.run(failing(new TypeError('x is undefined'), 'a text'));

    rig.queue.add('a', 'resync');
    await rig.clock.advance(600_000);

    expect(rig.times).toEqual([0, 1, 3]);
  });

  it('does not hold up other keys', async () => {
    void rig.run((key) =>
      key === 'bad' ? Promise.reject(new Error('a bug')) : Promise.resolve(DONE),
    );

    rig.queue.add('bad', 'resync');
    rig.queue.add('good', 'resync');
    await rig.clock.flush();

    expect(rig.keys).toEqual(['bad', 'good']);
  });
});

describe('a fatal error', () => {
  it('is told once, and no key is taken any more', async () => {
    const error = new FencedError('writing: a newer epoch exists');
    void rig.run(() => Promise.reject(error), { concurrency: 3 });

    ['a', 'b', 'c', 'd', 'e'].forEach((key) => {
      rig.queue.add(key, 'resync');
    });
    await rig.clock.advance(600_000);

    expect(rig.fatal).toEqual([error]);
    expect(rig.keys.length).toBeLessThanOrEqual(3);
  });

  it('leaves the controller waiting for the stop, not ended', async () => {
    let hasEnded = false;
    const running = rig.run(failing(new FencedError('fenced'))).then(() => {
      hasEnded = true;
    });
    rig.queue.add('a', 'resync');
    await rig.clock.advance(60_000);
    const before = hasEnded;

    rig.stop.abort();
    await running;

    expect(before).toBe(false);
  });
});

describe('the log', () => {
  it('says an expected failure once, with reason and causes but no stack', async () => {
    const cause = new Error('ECONNRESET');
    void rig.run(failing(new ConflictError('updating status', { cause })), {
      newReconcileId: () => 'r-1',
    });

    rig.queue.add('a', 'resync');
    await rig.clock.flush();

    expect(rig.captured.lines).toEqual([
      {
        level: 'warn',
        time: expect.any(String),
        controller: 'sample',
        key: 'a',
        reconcileId: 'r-1',
        reason: 'Conflict',
        retry: 'backoff',
        durationMs: 0,
        error: 'updating status: ECONNRESET',
        message: 'reconcile failed',
      },
    ]);
  });

  it('says a bug with its stack', async () => {
    void rig.run(failing(new TypeError('x is undefined')), {
      describe: (key) => ({ workspace: `default/${key}` }),
    });

    rig.queue.add('ada', 'resync');
    await rig.clock.flush();

    expect(rig.captured.lines).toMatchObject([
      {
        level: 'error',
        workspace: 'default/ada',
        error: { name: 'TypeError', stack: expect.stringContaining('controller.test') },
      },
    ]);
  });
});

it('counts every pass by how it ended, with its duration', async () => {
  const counted: [ReconcileOutcome, number][] = [];
  const errors = [new ConflictError('a'), new FencedError('b')];
  void rig.run(
    async () => {
      await rig.clock.sleep(2_000);
      for (const error of errors.splice(0, 1)) {
        throw error;
      }
      return DONE;
    },
    { metrics: { reconciled: (outcome, seconds) => counted.push([outcome, seconds]) } },
  );

  rig.queue.add('a', 'resync');
  await rig.clock.advance(600_000);

  expect(counted).toEqual([
    ['backoff', 2],
    ['stop-process', 2],
  ]);
});

it('gives every pass an id of its own', async () => {
  const ids: (string | undefined)[] = [];
  let made = 0;
  void rig.run(
    (_key, _signal, reconcileId) => {
      ids.push(reconcileId);
      return Promise.resolve(DONE);
    },
    { newReconcileId: () => `r-${(made += 1)}` },
  );

  rig.queue.add('a', 'resync');
  rig.queue.add('b', 'resync');
  await rig.clock.flush();

  expect(ids).toEqual(['r-1', 'r-2']);
});
