import { describe, expect, it } from '@jest/globals';
import type { BucketName, LaneName } from '../../../backends/ec2/bucket-table.ts';
import { Ec2Lanes } from '../../../backends/ec2/lanes.ts';
import { ThrottledError } from '../../../lib/errors.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

function start() {
  const clock = new VirtualClock();
  const waits: (readonly [BucketName, number])[] = [];
  const lanes = new Ec2Lanes({
    clock,
    onWaited: (bucket, seconds) => waits.push([bucket, seconds]),
  });
  const state = (bucket: BucketName) => lanes.states().find((one) => one.bucket === bucket);
  const takeAll = async (lane: LaneName, keys: readonly string[]): Promise<void> => {
    for (const key of keys) {
      await lanes.take(lane, [key]);
    }
  };
  return { clock, lanes, waits, state, takeAll };
}

const keys = (count: number, prefix = 'i-'): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

describe('turns', () => {
  it('are handed out in the order of asking, at the pace of the bucket', () => {
    const { lanes } = start();

    const waits = keys(7).map((key) => lanes.reserve('launch', key));

    expect(waits.map((seconds) => Number(seconds.toFixed(3)))).toEqual([0, 0, 0, 0, 0.4, 0.9, 1.4]);
  });

  it('stay the same for a key that asks again', async () => {
    const { clock, lanes, takeAll } = start();
    await takeAll('RunInstances', ['a', 'b', 'c', 'd']);
    lanes.reserve('launch', 'e');
    lanes.reserve('launch', 'f');

    await clock.advance(300);

    expect(lanes.reserve('launch', 'f')).toBeCloseTo(0.6);
    expect(lanes.reserve('launch', 'e')).toBeCloseTo(0.1);
  });

  it('are used by the call for their key, whoever asks meanwhile', async () => {
    const { lanes } = start();
    keys(4).forEach((key) => lanes.reserve('launch', key));

    await lanes.take('RunInstances', ['i-3']);

    expect(lanes.reserve('launch', 'late')).toBeGreaterThan(0);
    expect(lanes.reserve('launch', 'i-0')).toBe(0);
  });

  it('go to others when nobody uses them within seconds', async () => {
    const { clock, lanes } = start();
    keys(4).forEach((key) => lanes.reserve('launch', key));

    await clock.advance(4900);
    expect(lanes.reserve('launch', 'other')).toBeGreaterThan(0);

    await clock.advance(200);
    expect(lanes.reserve('launch', 'other')).toBe(0);
  });

  it('are found again by a key that comes too late, before those that asked after it', async () => {
    const { clock, lanes, takeAll } = start();
    await takeAll('RunInstances', keys(4));
    ['late', 'next', 'last'].forEach((key) => lanes.reserve('launch', key));
    await clock.advance(60_000);
    await takeAll('RunInstances', keys(4, 'other-'));

    const waits = ['last', 'next', 'late'].map((key) => lanes.reserve('launch', key));

    expect(waits.map((seconds) => Number(seconds.toFixed(1)))).toEqual([0.4, 0.4, 0.4]);
    expect(['last', 'next', 'late'].map((key) => lanes.reserve('launch', key))).toEqual([
      expect.closeTo(1.4),
      expect.closeTo(0.9),
      expect.closeTo(0.4),
    ]);
  });

  it('stay with whoever was given one, though others come back who asked before', async () => {
    const { clock, lanes } = start();
    keys(4, 'late-').forEach((key) => lanes.reserve('launch', key));
    await clock.advance(60_000);
    const given = lanes.reserve('launch', 'next');

    const waits = keys(4, 'late-').map((key) => lanes.reserve('launch', key));

    expect([given, ...waits]).toEqual([0, 0, 0, 0, expect.closeTo(0.4)]);
    await expect(lanes.take('RunInstances', ['next'])).resolves.toBeDefined();
  });

  it('that are far off are answered by half of the wait, so that who waits moves up', async () => {
    const { clock, lanes, takeAll } = start();
    await takeAll('RunInstances', keys(4));
    const asked = keys(400, 'w-').map((key) => lanes.reserve('launch', key));
    const last = asked.at(-1) ?? 0;
    await clock.advance(last * 1000);

    expect(last).toBeCloseTo(399.8 / 2 / 2, 0);
    expect(lanes.reserve('launch', 'w-399')).toBeLessThan(10);
  });

  it('of one operation say nothing about those of another', () => {
    const { lanes } = start();
    keys(50).forEach((key) => lanes.reserve('launch', key));

    expect(lanes.reserve('start', 'i-0')).toBe(0);
    expect(lanes.reserve('stop', 'i-0')).toBe(0);
    expect(lanes.reserve('terminate', 'i-0')).toBe(0);
  });

  it.each([
    ['RunInstances', ['RunInstances', 'RunInstances:instances']],
    ['StartInstances', ['StartInstances', 'StartInstances:instances']],
    ['StopInstances', ['Mutate', 'StopInstances:instances']],
    ['TerminateInstances', ['TerminateInstances', 'TerminateInstances:instances']],
    ['Mutate', ['Mutate']],
    ['Describe', ['Describe']],
  ] as const)('of %s draw on every bucket of the call', async (lane, expected) => {
    const { lanes } = start();
    const before = lanes.states();

    await lanes.take(lane, ['i-1']);

    const drawnOn = lanes
      .states()
      .filter(({ tokens }, index) => tokens === (before[index]?.tokens ?? 0) - 1);
    expect(drawnOn.map(({ bucket }) => bucket)).toEqual(expected);
  });
});

describe('terminations', () => {
  it('come in lumps once the bucket is used up, all of one lump together', async () => {
    const { clock, lanes } = start();
    const first = keys(992);
    const more = keys(800, 'more-');
    const waits = [...first, ...more].map((key) => lanes.reserve('terminate', key));
    await lanes.take('TerminateInstances', first);

    await clock.advance(100);
    const again = more.map((key) => lanes.reserve('terminate', key));

    expect(waits.filter((seconds) => seconds === 0)).toHaveLength(992);
    expect(again.map((seconds) => Number(seconds.toFixed(1)))).toEqual([
      ...Array<number>(500).fill(24.9),
      ...Array<number>(300).fill(39.9),
    ]);
  });

  it('do not wait for a lump that nobody fills', () => {
    const { lanes } = start();
    keys(992).forEach((key) => lanes.reserve('terminate', key));

    expect(lanes.reserve('terminate', 'alone')).toBeCloseTo(0.05);
  });

  it('take one token of the requests for the whole call', async () => {
    const { lanes, state } = start();

    await lanes.take('TerminateInstances', keys(900));

    expect(state('TerminateInstances')?.tokens).toBeCloseTo(97);
    expect(state('TerminateInstances:instances')?.tokens).toBeCloseTo(92);
  });

  it('of more than the bucket ever holds go when it is full', async () => {
    const { clock, lanes } = start();

    const call = lanes.take('TerminateInstances', keys(1000));
    await clock.advance(0);

    await expect(call).resolves.toBeDefined();
  });

  it('by garbage collection have a fifth of the bucket, behind all others', async () => {
    const { clock, lanes, state } = start();
    await lanes.take('CollectInstances', keys(198));

    const collecting = lanes.take('CollectInstances', ['g-1', 'g-2']);
    await clock.advance(300);
    await lanes.take('TerminateInstances', keys(700));
    await clock.advance(300);
    await collecting;

    expect(state('TerminateInstances:instances:background')).toMatchObject({ burst: 200 });
    expect(clock.monotonicMs()).toBe(600);
    await expect(lanes.take('CollectInstances', keys(40, 'h-'))).rejects.toThrow(ThrottledError);
  });
});

describe('a call without a turn', () => {
  it('waits for one itself', async () => {
    const { clock, lanes, takeAll, waits } = start();
    await takeAll('RunInstances', keys(4));

    const call = lanes.take('RunInstances', ['e']);
    await clock.advance(400);
    await call;

    expect(waits.at(-1)).toEqual(['RunInstances:instances', 0.4]);
  });

  it('that would wait for long is told when to come back, and finds its place then', async () => {
    const { clock, lanes, takeAll } = start();
    await takeAll('RunInstances', keys(4));
    keys(11, 'w-').forEach((key) => lanes.reserve('launch', key));

    const refused: unknown = await lanes
      .take('RunInstances', ['e'])
      .catch((error: unknown) => error);
    await clock.advance(5900);
    const again = lanes.take('RunInstances', ['e']);
    await clock.advance(5000);

    expect(refused).toMatchObject({ name: 'ThrottledError', seconds: expect.closeTo(5.9) });
    await expect(again).resolves.toBeDefined();
  });

  it('is sent away in time, however often those with older places come back before it', async () => {
    const { clock, lanes, takeAll } = start();
    await takeAll('RunInstances', keys(4));
    keys(16, 'late-').forEach((key) => lanes.reserve('launch', key));
    await clock.advance(60_000);
    await takeAll('RunInstances', keys(4, 'other-'));

    const refused = expect(lanes.take('RunInstances', ['e'])).rejects.toThrow(ThrottledError);
    await clock.advance(300);
    keys(8, 'late-').forEach((key) => lanes.reserve('launch', key));
    await clock.advance(4_000);
    keys(12, 'late-').forEach((key) => lanes.reserve('launch', key));
    await clock.advance(700);

    await refused;
  });

  it('that only reads waits out a throttle', async () => {
    const { clock, lanes } = start();
    (await lanes.take('Describe')).throttled();

    const call = lanes.take('Describe');
    await clock.advance(5100);

    await expect(call).resolves.toBeDefined();
  });

  it('that names nothing leaves no place behind when it is sent away', async () => {
    const { lanes, state } = start();
    (await lanes.take('Mutate')).throttled();

    const refused: unknown = await lanes.take('Mutate').catch((error: unknown) => error);

    expect(refused).toMatchObject({ name: 'ThrottledError', seconds: expect.closeTo(5.4) });
    expect(state('Mutate')?.waiting).toBe(0);
  });
});

describe('a throttle', () => {
  it('halves the refill of its bucket and pauses it, and touches no other', async () => {
    const { clock, lanes } = start();
    const others = () => lanes.states().filter(({ bucket }) => bucket !== 'RunInstances');
    const permit = await lanes.take('RunInstances', ['a']);
    await clock.advance(600_000);
    const before = others();

    const seconds = permit.throttled();

    expect(seconds).toBeCloseTo(6);
    expect(lanes.states().find(({ bucket }) => bucket === 'RunInstances')).toMatchObject({
      refillPerSecond: 1,
      fullRefillPerSecond: 2,
      throttled: 1,
    });
    expect(others()).toEqual(
      before.map((one) => (one.bucket === 'RunInstances:instances' ? { ...one, waiting: 1 } : one)),
    );
    expect(lanes.reserve('start', 'b')).toBe(0);
  });

  it('of many instances is one of the bucket of instances', async () => {
    const { lanes, state } = start();

    (await lanes.take('TerminateInstances', keys(500))).throttled();

    expect(state('TerminateInstances')).toMatchObject({ throttled: 0, refillPerSecond: 5 });
    expect(state('TerminateInstances:instances')).toMatchObject({
      throttled: 1,
      refillPerSecond: 10,
    });
  });

  it('counts once for calls that were on their way together', async () => {
    const { lanes, state } = start();
    const permits = [
      await lanes.take('RunInstances', ['a']),
      await lanes.take('RunInstances', ['b']),
    ];

    permits.forEach((permit) => permit.throttled());

    expect(state('RunInstances')).toMatchObject({ throttled: 2, refillPerSecond: 1 });
  });

  it('leaves its place to whoever was refused', async () => {
    const { lanes } = start();
    const permit = await lanes.take('RunInstances', ['a']);
    keys(6, 'w-').forEach((key) => lanes.reserve('launch', key));

    permit.throttled();

    const waits = ['a', 'w-0', 'w-1'].map((key) => lanes.reserve('launch', key));
    expect(waits).toEqual([expect.closeTo(6), expect.closeTo(7), expect.closeTo(8)]);
  });

  it('ends the turns that had come', async () => {
    const { lanes } = start();
    const permit = await lanes.take('TerminateInstances', keys(600, 'refused-'));
    keys(10).forEach((key) => lanes.reserve('terminate', key));

    permit.throttled();

    const waits = keys(10).map((key) => lanes.reserve('terminate', key));
    expect(new Set(waits).size).toBe(1);
    expect(waits[0]).toBeGreaterThan(20);
  });

  it.each([
    [0, 1],
    [14, 1],
    [15, 1.1],
    [25, 1.21],
    [75, 1.949],
    [85, 2],
    [600, 2],
  ])('is forgotten by 10 %% each 10 s: after %d s the refill is %d', async (after, refill) => {
    const { clock, lanes, state } = start();
    (await lanes.take('RunInstances', ['a'])).throttled();

    await clock.advance(after * 1000);

    expect(state('RunInstances')?.refillPerSecond).toBeCloseTo(refill, 3);
  });

  it('that comes before the recovery has ended lets it rest below the pace at which it came', async () => {
    const { clock, lanes, state } = start();
    const refillAfter = async (seconds: number) => {
      await clock.advance(seconds * 1000);
      return state('RunInstances')?.refillPerSecond;
    };
    (await lanes.take('RunInstances', ['a'])).throttled();
    await clock.advance(45_000);
    (await lanes.take('RunInstances', ['b'])).throttled();

    const [before, resting, after] = [
      await refillAfter(45),
      await refillAfter(60),
      await refillAfter(15),
    ];

    expect(before).toBeCloseTo(1.0718);
    expect(resting).toBeCloseTo(1.1713);
    expect(after).toBeCloseTo(1.2884);
  });
});
