import { beforeEach, describe, expect, it } from '@jest/globals';
import { FencedError } from '../../lib/errors.ts';
import { aborted } from '../../runtime/aborted.ts';
import { Manager, type ManagerOptions } from '../../runtime/manager.ts';
import type { Loop } from '../../runtime/supervised-loop.ts';
import { CapturedLog } from '../support/captured-log.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

let clock: VirtualClock;
let captured: CapturedLog;
let fatal: Error[];
let events: string[];

beforeEach(() => {
  clock = new VirtualClock();
  captured = new CapturedLog();
  fatal = [];
  events = [];
});

function managerOf(loops: readonly Loop[], overrides: Partial<ManagerOptions> = {}): Manager {
  const manager = new Manager({
    clock,
    random: () => 0,
    log: captured.log,
    onFatal: (error) => fatal.push(error),
    ...overrides,
  });
  loops.forEach((loop) => {
    manager.addLoop(loop);
  });
  return manager;
}

/** A loop that does nothing wrong, and tells when it starts and ends. */
function loop(name: string, overrides: Partial<Loop> = {}): Loop {
  return {
    name,
    staleAfterSeconds: 10,
    run: async (signal) => {
      events.push(`${name} starts`);
      await aborted(signal);
      events.push(`${name} ends`);
    },
    ...overrides,
  };
}

describe('a loop that ends before the stop', () => {
  const startsOf = async (
    run: (startedAt: number[]) => Promise<void>,
    seconds: number,
  ): Promise<number[]> => {
    const startedAt: number[] = [];
    const counted = (): Promise<void> => {
      startedAt.push(clock.monotonicMs() / 1000);
      return run(startedAt);
    };
    managerOf([loop('observer', { run: counted })]).start();
    await clock.advance(seconds * 1000);
    return startedAt;
  };

  it('is restarted after 1 s doubling to 30 s when it throws', async () => {
    const startedAt = await startsOf(() => Promise.reject(new Error('broken')), 125);

    expect(startedAt).toEqual([0, 1, 3, 7, 15, 31, 61, 91, 121]);
  });

  it('is restarted when it returns', async () => {
    const startedAt = await startsOf(() => Promise.resolve(), 4);

    expect(startedAt).toEqual([0, 1, 3]);
  });

  it('is restarted when it throws before its first await', async () => {
    const startedAt = await startsOf(() => {
      throw new Error('at once');
    }, 4);

    expect(startedAt).toEqual([0, 1, 3]);
  });

  it('is restarted quickly again after 60 s of health', async () => {
    const startedAt = await startsOf(async (starts) => {
      await clock.sleep(starts.length === 4 ? 60_000 : 0);
      throw new Error('broken');
    }, 75);

    expect(startedAt).toEqual([0, 1, 3, 7, 68, 70, 74]);
  });

  it('is said in the log, once for each time', async () => {
    await startsOf(() => Promise.reject(new Error('broken')), 0);

    expect(captured.lines).toMatchObject([
      {
        level: 'error',
        loop: 'observer',
        restartAfterSeconds: 1,
        error: { message: 'broken' },
        message: 'loop ended before the stop',
      },
    ]);
  });

  it('does not touch the other loops', async () => {
    const manager = managerOf([
      loop('broken', { run: () => Promise.reject(new Error('broken')) }),
      loop('well'),
    ]);

    manager.start();
    await clock.advance(60_000);

    expect(events).toEqual(['well starts']);
  });
});

describe('a fatal error', () => {
  it('is told, and its loop is not restarted', async () => {
    const error = new FencedError('a newer epoch exists');
    let starts = 0;
    const run = (): Promise<void> => {
      starts += 1;
      return Promise.reject(error);
    };

    managerOf([loop('writer', { run })]).start();
    await clock.advance(600_000);

    expect(fatal).toEqual([error]);
    expect(starts).toBe(1);
  });

  it('lets the manager be stopped by the one who is told', async () => {
    const error = new FencedError('a newer epoch exists');
    const stops: Promise<boolean>[] = [];
    const manager: Manager = managerOf(
      [loop('well'), loop('writer', { run: () => Promise.reject(error) })],
      { onFatal: () => stops.push(manager.stop()) },
    );

    manager.start();
    await clock.flush();

    expect(await Promise.all(stops)).toEqual([true]);
    expect(events).toEqual(['well starts', 'well ends']);
  });
});

describe('the age of a loop', () => {
  const ticking = (name: string, everySeconds: number): Loop =>
    loop(name, {
      run: async (signal, tick) => {
        while (!signal.aborted) {
          tick();
          await clock.sleep(everySeconds * 1000, signal);
        }
      },
    });

  it('is the time since its last tick', async () => {
    const manager = managerOf([ticking('quick', 4), ticking('slow', 100)]);

    manager.start();
    await clock.advance(10_000);

    expect(manager.ages()).toEqual(
      new Map([
        ['quick', 2],
        ['slow', 10],
      ]),
    );
  });

  it('makes it stale when it is older than it may be', async () => {
    const manager = managerOf([ticking('quick', 4), ticking('slow', 100)]);
    manager.start();

    await clock.advance(10_000);
    const atTenSeconds = manager.staleLoops();
    await clock.advance(1);

    expect(atTenSeconds).toEqual([]);
    expect(manager.staleLoops()).toEqual(['slow']);
  });

  it('grows while a loop is only restarted', async () => {
    const manager = managerOf([loop('broken', { run: () => Promise.reject(new Error('broken')) })]);

    manager.start();
    await clock.advance(15_000);

    expect(manager.staleLoops()).toEqual(['broken']);
  });

  it('does not count before the loop has started', async () => {
    const manager = managerOf([loop('leader only', { needsLeadership: true })]);

    manager.start();
    await clock.advance(3_600_000);

    expect(manager.ages().size).toBe(0);
    expect(manager.staleLoops()).toEqual([]);
  });

  it('is not changed by a step of the wall clock', async () => {
    const manager = managerOf([ticking('quick', 4)]);
    manager.start();
    await clock.advance(1_000);

    clock.stepWallClock(86_400_000);

    expect(manager.ages().get('quick')).toBe(1);
  });
});

describe('leadership', () => {
  it('starts the loops that need it when it is there, the others at once', async () => {
    const manager = managerOf([
      loop('elector'),
      loop('controller', { needsLeadership: true }),
      loop('server'),
    ]);

    manager.start();
    await clock.flush();
    events.push('elected');
    manager.startLeading();
    await clock.flush();

    expect(events).toEqual(['elector starts', 'server starts', 'elected', 'controller starts']);
  });

  it('starts nothing after the stop', async () => {
    const manager = managerOf([loop('controller', { needsLeadership: true })]);
    manager.start();

    await manager.stop();
    manager.startLeading();

    expect(events).toEqual([]);
  });
});

describe('the stop', () => {
  it('ends one loop after another, the last started first', async () => {
    const manager = managerOf([
      loop('elector'),
      loop('controller', { needsLeadership: true }),
      loop('server'),
    ]);
    manager.start();
    manager.startLeading();
    events = [];

    const endedInTime = await manager.stop();

    expect(endedInTime).toBe(true);
    expect(events).toEqual(['controller ends', 'server ends', 'elector ends']);
  });

  it('waits for what a loop has in hand before it stops the next', async () => {
    const finishing = loop('controller', {
      run: async (signal) => {
        await aborted(signal);
        await clock.sleep(3_000);
        events.push('step finished');
      },
    });
    const manager = managerOf([loop('elector'), finishing]);
    manager.start();

    const stopping = manager.stop();
    await clock.advance(3_000);

    expect(await stopping).toBe(true);
    expect(events).toEqual(['elector starts', 'step finished', 'elector ends']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('gives up at the deadline and leaves the loops below as they are', async () => {
    const hanging = loop('controller', { run: () => new Promise(() => undefined) });
    const manager = managerOf([loop('elector'), hanging], { stopDeadlineSeconds: 5 });
    manager.start();

    const stopping = manager.stop();
    await clock.advance(5_000);

    expect(await stopping).toBe(false);
    expect(events).toEqual(['elector starts']);
    expect(captured.lines).toMatchObject([
      { loop: 'controller', message: 'loop did not stop in time' },
    ]);
  });

  it('ends the wait of a loop that is to be restarted', async () => {
    const manager = managerOf([loop('broken', { run: () => Promise.reject(new Error('broken')) })]);
    manager.start();
    await clock.advance(60_000);

    expect(await manager.stop()).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  it('happens once, however often it is asked for', async () => {
    const manager = managerOf([loop('server')]);
    manager.start();

    await Promise.all([manager.stop(), manager.stop()]);
    await manager.stop();

    expect(events).toEqual(['server starts', 'server ends']);
  });

  it('reports an error with which a loop ends while stopping', async () => {
    const manager = managerOf([
      loop('server', {
        run: async (signal) => {
          await aborted(signal);
          throw new Error('closing failed');
        },
      }),
    ]);
    manager.start();

    expect(await manager.stop()).toBe(true);
    expect(captured.lines).toMatchObject([{ error: { message: 'closing failed' } }]);
  });
});

it('refuses a second loop of the same name', () => {
  expect(() => managerOf([loop('server'), loop('server')])).toThrow(
    'adding loop: the name server is taken',
  );
});
