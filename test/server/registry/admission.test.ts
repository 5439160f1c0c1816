import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../lib/clock.ts';
import { Admission } from '../../../server/registry/admission.ts';
import { TokenBuckets } from '../../../server/registry/token-buckets.ts';
import { Problem } from '../../../server/problem.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { AgentWorld } from './agent-world.ts';

const good = { tokenHash: 'good', address: '192.168.1.1' };

/** How many of `count` requests at once are let in, each settled as said. */
function letIn(
  admission: Admission,
  asker: typeof good,
  { count, isGood = true }: { count: number; isGood?: boolean },
): number {
  let admitted = 0;
  for (let request = 0; request < count; request += 1) {
    try {
      admission.admit({ ...asker, tokenHash: asker.tokenHash });
      admission.settle(asker, isGood);
      admitted += 1;
    } catch (error) {
      expect(error).toBeInstanceOf(Problem);
    }
  }
  return admitted;
}

describe('admission', () => {
  it('lets a good token ask 30 times at once and then 10 times a second', async () => {
    const clock = new VirtualClock();
    const admission = new Admission(clock);

    const atOnce = letIn(admission, good, { count: 100 });
    await clock.advance(1_000);

    expect(atOnce).toBe(30);
    expect(letIn(admission, good, { count: 100 })).toBe(10);
  });

  it('limits no token for what another does, nor its address', () => {
    const admission = new Admission(new VirtualClock());
    letIn(admission, good, { count: 100 });

    expect(letIn(admission, { ...good, tokenHash: 'other' }, { count: 30 })).toBe(30);
  });

  it('lets any number of good tokens of one address begin at once', () => {
    const admission = new Admission(new VirtualClock());
    const admitted = Array.from({ length: 10_000 }, (_, index) =>
      letIn(admission, { ...good, tokenHash: `token-${index}` }, { count: 1 }),
    );

    expect(admitted.every((count) => count === 1)).toBe(true);
  });

  it('counts guesses by address, and known tokens of that address go on', () => {
    const admission = new Admission(new VirtualClock());
    letIn(admission, good, { count: 1 });
    const guesses = Array.from({ length: 100 }, (_, index) =>
      letIn(admission, { ...good, tokenHash: `guess-${index}` }, { count: 1, isGood: false }),
    );

    expect(guesses.filter((count) => count === 1)).toHaveLength(30);
    expect(letIn(admission, good, { count: 1 })).toBe(1);
    expect(letIn(admission, { tokenHash: 'new', address: '192.168.1.2' }, { count: 1 })).toBe(1);
  });

  it('takes a token that was revoked for a guess', () => {
    const admission = new Admission(new VirtualClock());
    letIn(admission, good, { count: 1 });
    letIn(admission, good, { count: 1, isGood: false });

    expect(letIn(admission, good, { count: 100, isGood: false })).toBe(29);
  });

  it('says with 429 when to ask again', async () => {
    // No token comes back, however long the requests take.
    const now = new Date();
    await using world = await AgentWorld.start({ clock: { ...systemClock, now: () => now } });
    const answers = await Promise.all(Array.from({ length: 40 }, () => world.heartbeat()));
    const refused = answers.filter(({ status }) => status === 429);

    await world.heartbeat();
    const late = await Promise.all(Array.from({ length: 40 }, () => world.heartbeat()));

    expect(late.filter(({ status }) => status === 429).length).toBeGreaterThan(refused.length);
    expect(late.at(-1)).toMatchObject({
      status: 429,
      headers: { 'retry-after': '1' },
      problem: { reason: 'RateLimited' },
    });
  });
});

describe('token buckets', () => {
  it('keep no more keys than they may', () => {
    const buckets = new TokenBuckets({ perSecond: 1, burst: 1, maxKeys: 100 }, new VirtualClock());
    for (let key = 0; key < 1_000; key += 1) {
      buckets.take(`key-${key}`);
    }

    expect(buckets.size).toBe(100);
    expect(buckets.has('key-999')).toBe(true);
  });

  it('forget first what was used the longest ago', () => {
    const buckets = new TokenBuckets({ perSecond: 1, burst: 5, maxKeys: 2 }, new VirtualClock());
    ['a', 'b', 'a', 'c'].forEach((key) => {
      buckets.take(key);
    });

    expect(['a', 'b', 'c'].filter((key) => buckets.has(key))).toEqual(['a', 'c']);
  });
});
