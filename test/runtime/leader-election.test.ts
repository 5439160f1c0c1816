import { beforeEach, describe, expect, it } from '@jest/globals';
import { Elector, type ElectorOptions, type LeaseStore } from '../../runtime/leader-election.ts';
import { CapturedLog } from '../support/captured-log.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { FakeLeaseStore } from './fake-lease-store.ts';

/** One process: its elector, and what it was told. */
class Candidate {
  readonly elector: Elector;
  readonly stop = new AbortController();
  readonly told: string[] = [];
  readonly log = new CapturedLog();
  readonly ended: Promise<void>;
  ticks = 0;

  constructor(holder: string, clock: VirtualClock, overrides: Partial<ElectorOptions> = {}) {
    this.elector = new Elector({
      store,
      holder,
      clock,
      log: this.log.log,
      onStartedLeading: ({ epoch }) => this.told.push(`leads in epoch ${epoch}`),
      onStoppedLeading: (reason) => this.told.push(reason),
      ...overrides,
    });
    this.ended = this.elector.run(this.stop.signal, () => {
      this.ticks += 1;
    });
  }
}

let clock: VirtualClock;
let store: FakeLeaseStore;

beforeEach(() => {
  clock = new VirtualClock();
  store = new FakeLeaseStore(clock);
});

describe('becoming leader', () => {
  it('happens at once when nobody leads', async () => {
    const ada = new Candidate('ada', clock);
    await clock.flush();

    expect(ada.told).toEqual(['leads in epoch 1']);
    expect(ada.elector.leadership).toEqual({ epoch: 1, holder: 'ada' });
  });

  it('waits while somebody else renews', async () => {
    const ada = new Candidate('ada', clock);
    await clock.flush();
    const bob = new Candidate('bob', clock);

    await clock.advance(3_600_000);

    expect(ada.told).toEqual(['leads in epoch 1']);
    expect(bob.told).toEqual([]);
    expect(bob.elector.leaseOutlives(0)).toBe(false);
  });

  it('follows a release within one retry', async () => {
    const ada = new Candidate('ada', clock);
    await clock.flush();
    const bob = new Candidate('bob', clock);
    await clock.advance(5_000);

    ada.stop.abort();
    await ada.ended;
    await clock.advance(2_000);

    expect(ada.told).toEqual(['leads in epoch 1']);
    expect(bob.told).toEqual(['leads in epoch 2']);
  });

  it('goes on trying while the store fails, without a tick', async () => {
    store.behave('error');
    const ada = new Candidate('ada', clock);
    await clock.advance(10_000);
    const ticksBefore = ada.ticks;

    store.behave('normal');
    await clock.advance(2_000);

    expect(ticksBefore).toBe(0);
    expect(ada.told).toEqual(['leads in epoch 1']);
    expect(ada.log.lines[0]).toMatchObject({
      level: 'warn',
      error: { message: 'connection refused' },
    });
  });

  it('is given up by a stop while waiting', async () => {
    const ada = new Candidate('ada', clock);
    await clock.flush();
    const bob = new Candidate('bob', clock);
    await clock.flush();

    bob.stop.abort();
    await bob.ended;

    expect(store.holder).toBe('ada');
    expect(ada.elector.leadership).toBeDefined();
  });

  it('is undone when the stop came before the answer', async () => {
    const ada = new Candidate('ada', clock);

    ada.stop.abort();
    await ada.ended;

    expect(ada.told).toEqual([]);
    expect(store.holder).toBe('');
  });
});

describe('losing the lease', () => {
  it('is noticed when another process has taken it', async () => {
    const ada = new Candidate('ada', clock);
    await clock.flush();

    await store.release({ epoch: 1, holder: 'ada' });
    await store.acquire('bob', 15);
    await clock.advance(2_000);

    expect(ada.told).toEqual(['leads in epoch 1', 'another process has taken the lease']);
    expect(ada.elector.leadership).toBeUndefined();
  });

  it.each(['error', 'silence'] as const)(
    'is assumed at the renew deadline when the store answers with %s',
    async (answer) => {
      const ada = new Candidate('ada', clock);
      await clock.flush();
      store.behave(answer);

      await clock.advance(9_999);
      const before = [...ada.told];
      await clock.advance(1);

      expect(before).toEqual(['leads in epoch 1']);
      expect(ada.told).toEqual(['leads in epoch 1', 'the lease could not be renewed for 10 s']);
    },
  );

  it.each(['error', 'silence'] as const)(
    'does not follow from %s of the store that also fences, however long',
    async (answer) => {
      const ada = new Candidate('ada', clock, { waitsInSilence: true });
      await clock.flush();

      store.behave(answer);
      await clock.advance(3_600_000);
      const inSilence = ada.elector.leaseOutlives(0);
      store.behave('normal');
      await clock.advance(12_000);

      expect(ada.told).toEqual(['leads in epoch 1']);
      expect(inSilence).toBe(false);
      expect(ada.elector.leaseOutlives(5)).toBe(true);
    },
  );

  it('does not follow from a failure that is over before the deadline', async () => {
    const ada = new Candidate('ada', clock);
    await clock.flush();

    store.behave('error');
    await clock.advance(8_500);
    store.behave('normal');
    await clock.advance(60_000);

    expect(ada.told).toEqual(['leads in epoch 1']);
  });

  it('ends leading for good: the process must end', async () => {
    const ada = new Candidate('ada', clock);
    await clock.flush();
    store.behave('error');
    await clock.advance(10_000);

    store.behave('normal');
    const events: string[] = [];
    const ended = ada.ended.then(() => events.push('ended'));
    await clock.advance(3_600_000);
    events.push('stopped');
    ada.stop.abort();
    await ended;

    expect(events).toEqual(['stopped', 'ended']);
    expect(ada.told).toHaveLength(2);
    expect(ada.elector.leaseOutlives(0)).toBe(false);
  });
});

describe('a process that was stopped and goes on', () => {
  it('knows at once that its lease may be over, before it asks anybody', async () => {
    const ada = new Candidate('ada', clock);
    await clock.advance(4_000);
    const before = ada.elector.leaseOutlives(10);

    clock.jump(15_000);

    expect(before).toBe(true);
    expect(ada.elector.leaseOutlives(0)).toBe(false);
  });

  it('stops leading when another one has taken over', async () => {
    const adasClock = new VirtualClock();
    const ada = new Candidate('ada', adasClock);
    await adasClock.advance(2_000);
    const bob = new Candidate('bob', clock);

    await clock.advance(20_000);
    adasClock.jump(20_000);
    await adasClock.advance(0);

    expect(bob.told).toEqual(['leads in epoch 2']);
    expect(ada.told).toEqual(['leads in epoch 1', 'another process has taken the lease']);
  });

  it('goes on leading when nobody has', async () => {
    const ada = new Candidate('ada', clock);
    await clock.flush();

    clock.jump(3_600_000);
    await clock.advance(2_000);

    expect(ada.told).toEqual(['leads in epoch 1']);
    expect(ada.elector.leaseOutlives(10)).toBe(true);
  });

  it('has one retry period for its answer after a long stop', async () => {
    const ada = new Candidate('ada', clock);
    await clock.flush();
    store.behave('silence');

    clock.jump(3_600_000);
    await clock.advance(1_999);
    const before = [...ada.told];
    await clock.advance(1);

    expect(before).toEqual(['leads in epoch 1']);
    expect(ada.told).toHaveLength(2);
  });
});

describe('how long the lease lasts', () => {
  it.each([
    [0, true],
    [14.9, true],
    [15, false],
  ])('right after it was taken, it outlives %d s: %s', async (seconds, expected) => {
    const ada = new Candidate('ada', clock);
    await clock.flush();

    expect(ada.elector.leaseOutlives(seconds)).toBe(expected);
  });

  it('counts from the last renewal', async () => {
    const ada = new Candidate('ada', clock);

    await clock.advance(3_601_000);

    expect(ada.elector.leaseOutlives(13)).toBe(true);
    expect(ada.elector.leaseOutlives(14)).toBe(false);
  });

  it('counts from before the call, not from its answer', async () => {
    const slow: LeaseStore = {
      acquire: async (holder, leaseSeconds) => {
        await clock.sleep(6_000);
        return await store.acquire(holder, leaseSeconds);
      },
      renew: (leadership) => store.renew(leadership),
      release: (leadership) => store.release(leadership),
    };
    const ada = new Candidate('ada', clock, { store: slow });

    await clock.advance(6_000);

    expect(ada.elector.leadership).toBeDefined();
    expect(ada.elector.leaseOutlives(8.9)).toBe(true);
    expect(ada.elector.leaseOutlives(9)).toBe(false);
  });

  it('counts from before the renewal, not from its answer', async () => {
    const slow: LeaseStore = {
      acquire: (holder, leaseSeconds) => store.acquire(holder, leaseSeconds),
      renew: async (leadership) => {
        await clock.sleep(6_000);
        return await store.renew(leadership);
      },
      release: (leadership) => store.release(leadership),
    };
    const ada = new Candidate('ada', clock, { store: slow });

    await clock.advance(8_000);

    expect(ada.elector.leaseOutlives(8.9)).toBe(true);
    expect(ada.elector.leaseOutlives(9)).toBe(false);
  });

  it('counts the time for which the machine slept and the monotonic clock stood still', async () => {
    const ada = new Candidate('ada', clock);
    await clock.flush();

    clock.stepWallClock(15_000);

    expect(ada.elector.leaseOutlives(0)).toBe(false);
  });

  it.each([-86_400_000, 86_400_000])(
    'is never overrated when the wall clock steps by %i ms',
    async (step) => {
      const ada = new Candidate('ada', clock);
      await clock.flush();

      clock.stepWallClock(step);
      clock.jump(15_000);

      expect(ada.elector.leaseOutlives(0)).toBe(false);
    },
  );

  it('does not end because the wall clock steps forward', async () => {
    const ada = new Candidate('ada', clock);
    await clock.flush();

    clock.stepWallClock(86_400_000);
    await clock.advance(60_000);

    expect(ada.told).toEqual(['leads in epoch 1']);
    expect(ada.elector.leaseOutlives(10)).toBe(true);
  });
});

describe('the stop', () => {
  it('releases the lease', async () => {
    const ada = new Candidate('ada', clock);
    await clock.advance(7_000);

    ada.stop.abort();
    await ada.ended;

    expect(store.holder).toBe('');
    expect(ada.told).toEqual(['leads in epoch 1']);
    expect(ada.elector.leaseOutlives(0)).toBe(false);
    expect(clock.pendingTimers).toBe(0);
  });

  it.each(['error', 'silence'] as const)(
    'does not wait for a release that is answered with %s',
    async (answer) => {
      const ada = new Candidate('ada', clock);
      await clock.flush();
      store.behave(answer);

      ada.stop.abort();
      await clock.advance(2_000);
      await ada.ended;

      expect(store.holder).toBe('ada');
    },
  );

  it('comes through while a renewal is not answered', async () => {
    const ada = new Candidate('ada', clock);
    await clock.flush();
    store.behave('silence');
    await clock.advance(3_000);

    store.behave('normal');
    ada.stop.abort();
    await ada.ended;

    expect(store.holder).toBe('');
    expect(ada.told).toEqual(['leads in epoch 1']);
  });
});

it.each([
  { leaseSeconds: 10, renewDeadlineSeconds: 10 },
  { retrySeconds: 10 },
  { leaseSeconds: Number.NaN },
])('refuses times that do not grow: %j', (times) => {
  expect(() => new Candidate('ada', clock, times)).toThrow(RangeError);
});
