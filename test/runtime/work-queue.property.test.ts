import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { WorkQueue, type Priority } from '../../runtime/work-queue.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const KEYS = ['a', 'b', 'c', 'd'];

/** What a correct queue must know: which keys are owed a pass, and which are in hand. */
class Model {
  readonly clock = new VirtualClock();
  readonly queue = new WorkQueue({ clock: this.clock, random: () => 0.5 });
  /** Keys owed a pass, with the best priority they were added at. */
  readonly owed = new Map<string, Priority>();
  readonly inHand: string[] = [];
  /** The earliest time at which each delayed key becomes owed, in milliseconds. */
  readonly due = new Map<string, number>();

  owe(key: string, priority: Priority): void {
    const isUser = priority === 'user' || this.owed.get(key) === 'user';
    this.owed.set(key, isUser ? 'user' : 'resync');
  }

  get ready(): string[] {
    return [...this.owed.keys()].filter((key) => !this.inHand.includes(key));
  }
}

type Step = (model: Model) => Promise<void> | void;

const key = fc.constantFrom(...KEYS);
const priority = fc.constantFrom<Priority>('user', 'resync');

const add = fc.tuple(key, priority).map(([key, priority]): Step => (model) => {
  model.queue.add(key, priority);
  model.owe(key, priority);
});

const addAfter = fc
  .tuple(key, fc.integer({ min: 1, max: 20 }))
  .map(([key, seconds]): Step => (model) => {
    model.queue.addAfter(key, seconds, 'resync');
    const dueMs = model.clock.monotonicMs() + seconds * 1000;
    model.due.set(key, Math.min(dueMs, model.due.get(key) ?? Infinity));
  });

const get = fc.constant<Step>(async (model) => {
  const ready = model.ready;
  const taken = await Promise.all(ready.slice(0, 1).map(() => model.queue.get()));

  const best = ready.filter((key) => model.owed.get(key) === 'user');
  taken.forEach((key = 'nothing') => {
    expect(best.length > 0 ? best : ready).toContain(key);
    expect(model.inHand).not.toContain(key);
    model.inHand.push(key);
    model.owed.delete(key);
  });
});

const done = fc.nat().map((choice): Step => (model) => {
  model.inHand.splice(choice % Math.max(model.inHand.length, 1), 1).forEach((key) => {
    model.queue.done(key);
  });
});

const passTime = fc.integer({ min: 1, max: 15 }).map((seconds): Step => async (model) => {
  await model.clock.advance(seconds * 1000);
  [...model.due]
    .filter(([, dueMs]) => dueMs <= model.clock.monotonicMs())
    .forEach(([key]) => {
      model.due.delete(key);
      model.owe(key, 'resync');
    });
});

async function workOff(model: Model): Promise<void> {
  model.inHand.splice(0).forEach((key) => {
    model.queue.done(key);
  });
  while (model.queue.depth > 0) {
    const key = (await model.queue.get()) ?? 'nothing';
    expect(model.owed.delete(key)).toBe(true);
    model.queue.done(key);
  }
}

it('never gives a key to two workers at once and never loses one, whatever happens', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(add, addAfter, get, done, passTime), { maxLength: 60 }),
      async (steps) => {
        const model = new Model();

        for (const step of steps) {
          await step(model);
          expect(model.queue.depth).toBe(model.ready.length);
        }

        await workOff(model);
        expect([...model.owed.keys()]).toEqual([]);
        expect(model.queue.delayed).toBe(model.due.size);
      },
    ),
    { numRuns: 1_000 },
  );
});
