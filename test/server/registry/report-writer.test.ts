import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { StoreUnavailableError } from '../../../lib/errors.ts';
import { ReportWriter, type StoreWords } from '../../../server/registry/report-writer.ts';
import type { WordAnswer } from '../../../store/agent-words.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const ANSWER: WordAnswer = { kind: 'gone' };

/** A store that keeps batches and answers when told to. */
class HeldStore {
  readonly batches: (readonly string[])[] = [];
  readonly #held: (() => void)[] = [];

  readonly store: StoreWords = async (words) => {
    this.batches.push(words);
    await new Promise<void>((resolve) => this.#held.push(resolve));
    return words.map(() => ANSWER);
  };

  async answer(): Promise<void> {
    this.#held.shift()?.();
    await setImmediate();
  }
}

function failing(error: Error): StoreWords {
  return () => Promise.reject(error);
}

describe('a report writer', () => {
  it('stores a lone word at once and collects what comes while it does', async () => {
    const held = new HeldStore();
    const writer = new ReportWriter(held.store, new VirtualClock());
    const first = writer.write('a');
    const others = [writer.write('b'), writer.write('c')];

    await held.answer();
    await held.answer();

    expect(await Promise.all([first, ...others])).toEqual([ANSWER, ANSWER, ANSWER]);
    expect(held.batches).toEqual([['a'], ['b', 'c']]);
  });

  it('stores at most 500 words at once', async () => {
    const held = new HeldStore();
    const writer = new ReportWriter(held.store, new VirtualClock());
    const all = Array.from({ length: 1_101 }, (_, index) => writer.write(`w${index}`));

    for (let batch = 0; batch < 4; batch += 1) {
      await held.answer();
    }

    expect(await Promise.all(all)).toHaveLength(1_101);
    expect(held.batches.map(({ length }) => length)).toEqual([1, 500, 500, 100]);
  });

  it('stores at most 4 MiB at once, and always one word', async () => {
    const held = new HeldStore();
    const writer = new ReportWriter(held.store, new VirtualClock());
    const all = ['x', 'y'.repeat(5 * 2 ** 20), 'z'.repeat(2 ** 20)].map((word) =>
      writer.write(word),
    );

    for (let batch = 0; batch < 3; batch += 1) {
      await held.answer();
    }

    expect(await Promise.all(all)).toHaveLength(3);
    expect(held.batches).toHaveLength(3);
  });

  it('refuses what would wait beyond 16 MiB', async () => {
    const held = new HeldStore();
    const writer = new ReportWriter(held.store, new VirtualClock());
    const stored = writer.write('a');
    const waiting = writer.write('b'.repeat(16 * 2 ** 20));

    await expect(writer.write('c')).rejects.toThrow(StoreUnavailableError);

    await held.answer();
    await held.answer();
    expect(await Promise.all([stored, waiting])).toHaveLength(2);
  });

  it('tells everybody of the batch when the database is away, and tries again with the next', async () => {
    const error = new StoreUnavailableError('connecting: refused');
    const writer = new ReportWriter(failing(error), new VirtualClock());

    const all = await Promise.allSettled([writer.write('a'), writer.write('b'), writer.write('c')]);

    expect(all).toEqual(Array.from({ length: 3 }, () => ({ status: 'rejected', reason: error })));
    await expect(writer.write('d')).rejects.toBe(error);
  });

  it('lets nobody wait longer than 5 s, and stores no word whose asker was told', async () => {
    const clock = new VirtualClock();
    const held = new HeldStore();
    const writer = new ReportWriter(held.store, clock);
    const all = Promise.allSettled([writer.write('a'), writer.write('b')]);

    await clock.advance(5_000);
    const told = await all;
    const later = writer.write('c');
    await held.answer();
    await held.answer();

    expect(told.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await later).toBe(ANSWER);
    expect(held.batches).toEqual([['a'], ['c']]);
  });

  it('leaves no timer behind', async () => {
    const clock = new VirtualClock();
    const writer = new ReportWriter((words) => Promise.resolve(words.map(() => ANSWER)), clock);

    await writer.write('a');

    expect(clock.pendingTimers).toBe(0);
  });

  it('stores the others when the database refuses one word', async () => {
    const stored: string[] = [];
    const refused = new Error('invalid input');
    const writer = new ReportWriter((words) => {
      const isBad = words.includes('bad');
      stored.push(...words.filter(() => !isBad));
      return isBad ? Promise.reject(refused) : Promise.resolve(words.map(() => ANSWER));
    }, new VirtualClock());

    const all = await Promise.allSettled(
      ['first', 'b', 'c', 'bad', 'd', 'e', 'f'].map((word) => writer.write(word)),
    );

    expect(stored.toSorted()).toEqual(['b', 'c', 'd', 'e', 'f', 'first']);
    expect(all.filter(({ status }) => status === 'rejected')).toEqual([
      { status: 'rejected', reason: refused },
    ]);
  });
});
