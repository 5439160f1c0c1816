import { describe, expect, it } from '@jest/globals';
import { StoreUnavailableError } from '../../../lib/errors.ts';
import {
  BATCH_INTERVAL_MILLISECONDS,
  ReportWriter,
  type StoreWords,
} from '../../../server/registry/report-writer.ts';
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

  /** The batch that waits is stored, and in time the next one begins. */
  async answer(clock: VirtualClock): Promise<void> {
    this.#held.shift()?.();
    await clock.advance(BATCH_INTERVAL_MILLISECONDS);
  }
}

function failing(error: Error): StoreWords {
  return () => Promise.reject(error);
}

describe('a report writer', () => {
  it('stores a lone word at once and collects what comes while it does', async () => {
    const clock = new VirtualClock();
    const held = new HeldStore();
    const writer = new ReportWriter(held.store, clock);
    const first = writer.write('a');
    const others = [writer.write('b'), writer.write('c')];

    await held.answer(clock);
    await held.answer(clock);

    expect(await Promise.all([first, ...others])).toEqual([ANSWER, ANSWER, ANSWER]);
    expect(held.batches).toEqual([['a'], ['b', 'c']]);
  });

  it('stores at most 500 words at once', async () => {
    const clock = new VirtualClock();
    const held = new HeldStore();
    const writer = new ReportWriter(held.store, clock);
    const all = Array.from({ length: 1_101 }, (_, index) => writer.write(`w${index}`));

    for (let batch = 0; batch < 4; batch += 1) {
      await held.answer(clock);
    }

    expect(await Promise.all(all)).toHaveLength(1_101);
    expect(held.batches.map(({ length }) => length)).toEqual([1, 500, 500, 100]);
  });

  it('stores at most 4 MiB at once, and always one word', async () => {
    const clock = new VirtualClock();
    const held = new HeldStore();
    const writer = new ReportWriter(held.store, clock);
    const all = ['x', 'y'.repeat(5 * 2 ** 20), 'z'.repeat(2 ** 20)].map((word) =>
      writer.write(word),
    );

    for (let batch = 0; batch < 3; batch += 1) {
      await held.answer(clock);
    }

    expect(await Promise.all(all)).toHaveLength(3);
    expect(held.batches).toHaveLength(3);
  });

  it('refuses what would wait beyond 16 MiB', async () => {
    const clock = new VirtualClock();
    const held = new HeldStore();
    const writer = new ReportWriter(held.store, clock);
    const stored = writer.write('a');
    const waiting = writer.write('b'.repeat(16 * 2 ** 20));

    await expect(writer.write('c')).rejects.toThrow(StoreUnavailableError);

    await held.answer(clock);
    await held.answer(clock);
    expect(await Promise.all([stored, waiting])).toHaveLength(2);
  });

  it('tells everybody of the batch when the database is away, and tries again with the next', async () => {
    const error = new StoreUnavailableError('connecting: refused');
    const clock = new VirtualClock();
    const writer = new ReportWriter(failing(error), clock);

    const all = Promise.allSettled(['a', 'b', 'c', 'd'].map((word) => writer.write(word)));
    await clock.advance(BATCH_INTERVAL_MILLISECONDS);

    expect(await all).toEqual(
      Array.from({ length: 4 }, () => ({ status: 'rejected', reason: error })),
    );
  });

  it('lets nobody wait longer than 5 s, and stores no word whose asker was told', async () => {
    const clock = new VirtualClock();
    const held = new HeldStore();
    const writer = new ReportWriter(held.store, clock);
    const all = Promise.allSettled([writer.write('a'), writer.write('b')]);

    await clock.advance(5_000);
    const told = await all;
    const later = writer.write('c');
    await held.answer(clock);
    await held.answer(clock);

    expect(told.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await later).toBe(ANSWER);
    expect(held.batches).toEqual([['a'], ['c']]);
  });

  it('begins a batch 10 ms after the one before, however soon that was stored', async () => {
    const clock = new VirtualClock();
    const batches: (readonly string[])[] = [];
    const writer = new ReportWriter((words) => {
      batches.push(words);
      return Promise.resolve(words.map(() => ANSWER));
    }, clock);
    await writer.write('a');
    const all = Promise.all([writer.write('b'), writer.write('c')]);

    await clock.advance(9);
    expect(batches).toEqual([['a']]);

    await clock.advance(1);
    await all;
    expect(batches).toEqual([['a'], ['b', 'c']]);
  });

  it('leaves no timer behind', async () => {
    const clock = new VirtualClock();
    const writer = new ReportWriter((words) => Promise.resolve(words.map(() => ANSWER)), clock);

    await writer.write('a');
    await clock.advance(BATCH_INTERVAL_MILLISECONDS);

    expect(clock.pendingTimers).toBe(0);
  });

  it('stores the others when the database refuses one word', async () => {
    const stored: string[] = [];
    const refused = new Error('invalid input');
    const clock = new VirtualClock();
    const writer = new ReportWriter((words) => {
      const isBad = words.includes('bad');
      stored.push(...words.filter(() => !isBad));
      return isBad ? Promise.reject(refused) : Promise.resolve(words.map(() => ANSWER));
    }, clock);

    const written = Promise.allSettled(
      ['first', 'b', 'c', 'bad', 'd', 'e', 'f'].map((word) => writer.write(word)),
    );
    await clock.advance(BATCH_INTERVAL_MILLISECONDS);
    const all = await written;

    expect(stored.toSorted()).toEqual(['b', 'c', 'd', 'e', 'f', 'first']);
    expect(all.filter(({ status }) => status === 'rejected')).toEqual([
      { status: 'rejected', reason: refused },
    ]);
  });
});
