import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from './virtual-clock.ts';

describe('the virtual clock', () => {
  it('runs what falls due in order, and nothing else', async () => {
    const clock = new VirtualClock();
    const ran: string[] = [];
    clock.schedule(300, () => ran.push('third'));
    clock.schedule(100, () => ran.push('first'));
    clock.schedule(100, () => ran.push('second'));
    clock.schedule(301, () => ran.push('late'));

    await clock.advance(300);

    expect(ran).toEqual(['first', 'second', 'third']);
    expect(clock.pendingTimers).toBe(1);
  });

  it('runs timers that are set on the way, at their own time', async () => {
    const clock = new VirtualClock(new Date(0));
    const ranAt: number[] = [];
    const tick = async (): Promise<void> => {
      while (ranAt.length < 4) {
        await clock.sleep(10);
        ranAt.push(clock.now().getTime());
      }
    };
    void tick();

    await clock.advance(35);

    expect(ranAt).toEqual([10, 20, 30]);
    expect(clock.monotonicMs()).toBe(35);
  });

  it('ends a sleep early when its signal is aborted, and leaves no timer behind', async () => {
    const clock = new VirtualClock();
    const stop = new AbortController();
    const sleeps = [clock.sleep(1_000, stop.signal), clock.sleep(2_000, stop.signal)];

    stop.abort();
    await Promise.all([...sleeps, clock.sleep(1_000, stop.signal)]);

    expect(clock.pendingTimers).toBe(0);
    expect(clock.monotonicMs()).toBe(0);
  });

  it('fires at once for a wait that is too long for a timer, as Node does', async () => {
    const clock = new VirtualClock();
    const ranAt: number[] = [];
    clock.schedule(2 ** 31, () => ranAt.push(clock.monotonicMs()));

    await clock.advance(10);

    expect(ranAt).toEqual([1]);
  });

  it('runs no timer that was cancelled', async () => {
    const clock = new VirtualClock();
    const ran: string[] = [];
    const cancel = clock.schedule(10, () => ran.push('never'));

    cancel();
    cancel();
    await clock.advance(20);

    expect(ran).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('jumps without running a timer, as for a stopped process, and runs it late', async () => {
    const clock = new VirtualClock(new Date(0));
    const ranAt: number[] = [];
    clock.schedule(10, () => ranAt.push(clock.monotonicMs()));

    clock.jump(500);
    await clock.advance(0);

    expect(ranAt).toEqual([500]);
    expect(clock.now()).toEqual(new Date(500));
  });

  it('steps the wall clock without changing any duration', async () => {
    const clock = new VirtualClock(new Date(100_000));
    const ran: string[] = [];
    clock.schedule(10, () => ran.push('due'));

    clock.stepWallClock(-60_000);
    await clock.advance(10);

    expect(ran).toEqual(['due']);
    expect(clock.now()).toEqual(new Date(40_010));
  });
});
