import { describe, expect, it } from '@jest/globals';
import { greet, type GreetOptions, type PhaseCounts } from '../../../cmd/wiring/greeting.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

/** A greeting under way: what was written, and the means to let time pass. */
function start(overrides: Partial<GreetOptions> = {}) {
  const written: string[] = [];
  const clock = new VirtualClock();
  const stop = new AbortController();
  const done = greet({
    readCounts: () => Promise.resolve(new Map([['Online', 7]])),
    isCaughtUp: () => true,
    hasSource: true,
    url: 'http://127.0.0.1:7070',
    stdout: { write: (text) => written.push(text) },
    signal: stop.signal,
    clock,
    ...overrides,
  });
  return { clock, stop, done, said: () => written.join('') };
}

describe('the greeting', () => {
  it('says what runs once everything has come up', async () => {
    let counts: PhaseCounts = new Map([
      ['Provisioning', 1],
      ['Online', 6],
    ]);
    const greeting = start({ readCounts: () => Promise.resolve(counts) });

    await greeting.clock.advance(1_000);
    const before = greeting.said();
    counts = new Map([
      ['Paused', 1],
      ['Online', 7],
    ]);
    await greeting.clock.advance(1_000);

    expect(before).toBe('');
    expect(greeting.said()).toContain('8 workspaces: 1 paused, 7 online.');
    expect(greeting.said()).toContain('http://127.0.0.1:7070');
  });

  it('repeats nothing of an earlier run before it has compared it with what runs', async () => {
    let isCaughtUp = false;
    const greeting = start({ isCaughtUp: () => isCaughtUp });

    await greeting.clock.advance(30_000);
    const before = greeting.said();
    isCaughtUp = true;
    await greeting.clock.advance(1_000);

    expect(before).toBe('');
    expect(greeting.said()).toContain('7 workspaces: 7 online.');
  });

  it('waits a minute for what does not come up, and then says how far it is', async () => {
    const counts = new Map([
      ['Online', 6],
      ['Offline', 1],
    ]);
    const greeting = start({ readCounts: () => Promise.resolve(counts) });

    await greeting.clock.advance(59_000);
    const before = greeting.said();
    await greeting.clock.advance(2_000);

    expect(before).toBe('');
    expect(greeting.said()).toContain('7 workspaces: 6 online, 1 offline.');
  });

  it('says after a minute that it does not lead', async () => {
    const greeting = start({ isCaughtUp: () => false });

    await greeting.clock.advance(61_000);

    expect(greeting.said()).toContain('Another controller leads');
    expect(greeting.said()).not.toContain('online');
  });

  it('claims nothing while the database does not answer', async () => {
    const greeting = start({ readCounts: () => Promise.reject(new Error('away')) });

    await greeting.clock.advance(61_000);

    expect(greeting.said()).toContain('the database is away');
    expect(greeting.said()).not.toContain('No workspaces');
  });

  it.each([
    ['at once where nothing declares by itself', false, 0],
    ['after ten seconds where a folder may', true, 10_100],
  ])('says that nothing is declared %s', async (_title, hasSource, milliseconds) => {
    const greeting = start({ hasSource, readCounts: () => Promise.resolve(new Map()) });

    await greeting.clock.advance(milliseconds);

    expect(greeting.said()).toContain('No workspaces are declared yet.');
  });

  it('is silent when the controller is stopped first', async () => {
    const greeting = start({ isCaughtUp: () => false });

    greeting.stop.abort();
    await greeting.done;

    expect(greeting.said()).toBe('');
  });
});
