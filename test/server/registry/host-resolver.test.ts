import { describe, expect, it } from '@jest/globals';
import { limitLookups } from '../../../server/registry/host-resolver.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

/** Name servers that answer nothing until told to. */
class SlowNames {
  readonly asked: string[] = [];
  readonly #held: ((addresses: readonly string[]) => void)[] = [];

  readonly lookup = async (host: string): Promise<readonly string[]> => {
    this.asked.push(host);
    return await new Promise((resolve) => this.#held.push(resolve));
  };

  answer(): void {
    this.#held.shift()?.(['10.0.0.1']);
  }
}

describe('looking up hosts', () => {
  it('asks for two at once, and for the next when one is answered', async () => {
    const clock = new VirtualClock();
    const names = new SlowNames();
    const resolve = limitLookups(names.lookup, clock);
    const all = Promise.all(['a', 'b', 'c'].map(resolve));

    await clock.advance(0);
    const atFirst = [...names.asked];
    names.answer();
    await clock.advance(0);
    const then = [...names.asked];
    names.answer();
    names.answer();

    expect(atFirst).toEqual(['a', 'b']);
    expect(then).toEqual(['a', 'b', 'c']);
    expect(await all).toEqual([['10.0.0.1'], ['10.0.0.1'], ['10.0.0.1']]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('waits for an answer, or for its turn, for 3 s', async () => {
    const clock = new VirtualClock();
    const names = new SlowNames();
    const resolve = limitLookups(names.lookup, clock);
    const all = Promise.allSettled(['a', 'b', 'c'].map(resolve));

    await clock.advance(3_000);

    expect((await all).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(names.asked).toEqual(['a', 'b']);
  });
});
