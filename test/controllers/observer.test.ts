import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Instance } from '../../backends/backend.ts';
import { Fleet } from '../../controllers/fleet.ts';
import { Observer } from '../../controllers/observer.ts';
import { BackendUnavailableError } from '../../lib/errors.ts';
import { CapturedLog } from '../support/captured-log.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { instance } from './instances.ts';

let clock: VirtualClock;
let fleet: Fleet;
let log: CapturedLog;
/** When each list began, in milliseconds since the start. */
let lists: number[];
let answer: () => Promise<readonly Instance[]>;
let told: string[][];
let firstLists: number;
let observer: Observer;

beforeEach(() => {
  clock = new VirtualClock();
  fleet = new Fleet(() => clock.now());
  log = new CapturedLog('debug');
  lists = [];
  told = [];
  firstLists = 0;
  answer = () => Promise.resolve([]);
  observer = new Observer({
    key: 'process',
    backend: {
      list: () => {
        lists.push(clock.monotonicMs());
        return answer();
      },
    },
    fleet,
    intervalSeconds: 2,
    onChange: (uids) => told.push([...uids]),
    onFirstList: () => {
      firstLists += 1;
    },
    clock,
    log: log.log,
  });
});

describe('an observer', () => {
  it('tells of the first list as a whole, and of later ones whom they say something new about', async () => {
    answer = () => Promise.resolve([instance('ada')]);
    await observer.look();
    clock.jump(1);
    answer = () => Promise.resolve([instance('ada'), instance('bob')]);
    await observer.look();
    clock.jump(1);
    await observer.look();

    expect(firstLists).toBe(1);
    expect(told).toEqual([['bob']]);
  });

  it('keeps a failure as what is known of the backend, and takes no list for an empty one', async () => {
    answer = () => Promise.reject(new BackendUnavailableError('listing: ENOENT'));

    await observer.look();

    expect(fleet.hasLookedAt('process')).toBe(true);
    expect(fleet.snapshot().of('ada', ['process'])).toMatchObject({ kind: 'unknown' });
    expect(firstLists).toBe(0);
  });

  it('says once that a backend is lost, and once that it is back', async () => {
    answer = () => Promise.reject(new Error('bug'));
    await observer.look();
    await observer.look();
    answer = () => Promise.resolve([]);
    await observer.look();
    await observer.look();

    expect(log.lines.map(({ level, backend }) => ({ level, backend }))).toEqual([
      { level: 'warn', backend: 'process' },
      { level: 'info', backend: 'process' },
    ]);
  });

  it('lists every interval', async () => {
    const stop = new AbortController();
    const running = observer.run(stop.signal, () => undefined);

    await clock.advance(6_500);
    stop.abort();
    await running;

    expect(lists).toEqual([0, 2_000, 4_000, 6_000]);
  });

  it('lists soon after a call, and once for many', async () => {
    const stop = new AbortController();
    const running = observer.run(stop.signal, () => undefined);
    await clock.advance(500);

    observer.lookSoon();
    observer.lookSoon();
    await clock.advance(50);
    observer.lookSoon();
    await clock.advance(500);
    stop.abort();
    await running;

    expect(lists).toEqual([0, 500, 600]);
  });

  it('spends no more than a tenth of the time on lists that calls ask for', async () => {
    answer = async () => {
      await clock.sleep(100);
      return [];
    };
    const stop = new AbortController();
    const running = observer.run(stop.signal, () => undefined);
    await clock.advance(50);

    observer.lookSoon();
    await clock.advance(1_500);
    stop.abort();
    await clock.advance(100);
    await running;

    expect(lists).toEqual([0, 1_000]);
  });

  it('looks again soon as long as an instance is on its way', async () => {
    answer = () => {
      const state = clock.monotonicMs() < 250 ? 'stopping' : 'stopped';
      return Promise.resolve([instance('ada', { state })]);
    };
    const stop = new AbortController();
    const running = observer.run(stop.signal, () => undefined);

    await clock.advance(2_350);
    stop.abort();
    await running;

    expect(lists).toEqual([0, 100, 200, 300, 2_300]);
  });

  it('looks no sooner at what was on its way while lists fail', async () => {
    answer = () => Promise.resolve([instance('ada', { state: 'stopping' })]);
    const stop = new AbortController();
    const running = observer.run(stop.signal, () => undefined);
    await clock.advance(50);
    answer = () => Promise.reject(new BackendUnavailableError('listing: ENOENT'));

    await clock.advance(2_100);
    stop.abort();
    await running;

    expect(lists).toEqual([0, 100, 2_100]);
  });
});
