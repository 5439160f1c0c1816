import { beforeEach, describe, expect, it } from '@jest/globals';
import { Fleet } from '../../../controllers/fleet.ts';
import { Prober } from '../../../controllers/workspace/prober.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { instance } from '../instances.ts';

const URL = 'http://127.0.0.1:20000';
const NEVER = new AbortController().signal;

let clock: VirtualClock;
let fleet: Fleet;
let prober: Prober;
let asked: string[];
let told: string[];
let connect: (url: string) => Promise<boolean>;

beforeEach(() => {
  clock = new VirtualClock();
  fleet = new Fleet(() => clock.now());
  fleet.addBackend('process', 2);
  asked = [];
  told = [];
  connect = () => Promise.resolve(true);
  prober = new Prober({
    fleet,
    connect: (url) => {
      asked.push(url);
      return connect(url);
    },
    onChange: (uids) => told.push(...uids),
    clock,
  });
});

function list(...instances: Parameters<Fleet['storeList']>[2]): void {
  fleet.storeList('process', clock.now(), instances);
}

/** One that was started so many seconds ago. */
function started(uid: string, secondsAgo: number, url = URL) {
  const startedAt = new Date(clock.now().getTime() - secondsAgo * 1000);
  return instance(uid, { url, startedAt });
}

async function round(afterSeconds = 0): Promise<void> {
  clock.jump(afterSeconds * 1000);
  await prober.round(NEVER);
}

describe('whether a port answers', () => {
  it('is not known before it was asked', () => {
    list(started('ada', 0));

    expect(prober.isAnswering(started('ada', 0))).toBeUndefined();
  });

  it('is yes where there is no port', () => {
    expect(prober.isAnswering(instance('ada'))).toBe(true);
  });

  it('is told as soon as a new agent answers', async () => {
    const ada = started('ada', 0);
    list(ada);
    connect = () => Promise.resolve(false);
    await round();
    connect = () => Promise.resolve(true);
    await round(0.2);

    expect(prober.isAnswering(ada)).toBe(true);
    expect(told).toEqual(['ada', 'ada']);
  });

  it('is not told when an agent of long ago answers the first time, as after a restart of the controller', async () => {
    list(started('ada', 3600));
    await round();

    expect(told).toEqual([]);
  });

  it('is told when an agent of long ago does not answer the first time', async () => {
    list(started('ada', 3600));
    connect = () => Promise.resolve(false);
    await round();

    expect(told).toEqual(['ada']);
  });

  it('is told when it changes', async () => {
    const ada = started('ada', 3600);
    list(ada);
    await round();
    connect = () => Promise.resolve(false);
    await round(10);

    expect(prober.isAnswering(ada)).toBe(false);
    expect(told).toEqual(['ada']);
  });

  it('is asked anew when the instance was started again on the same port', async () => {
    list(started('ada', 100));
    await round();
    const again = started('ada', 0);
    list(again);

    expect(prober.isAnswering(again)).toBeUndefined();
    connect = () => Promise.resolve(false);
    await round();
    expect(prober.isAnswering(again)).toBe(false);
  });

  it('is asked anew when another instance has taken the port', async () => {
    list(started('ada', 100));
    await round();
    const bob = started('bob', 100);
    list(bob);
    await round();

    expect(asked).toEqual([URL, URL]);
    expect(prober.isAnswering(bob)).toBe(true);
  });
});

describe('how often a port is asked', () => {
  it('is every round while its agent is young and does not answer', async () => {
    connect = () => Promise.resolve(false);
    list(started('ada', 0));
    await round();
    await round(0.2);
    await round(0.2);

    expect(asked).toHaveLength(3);
  });

  it('is every ten seconds once it answers', async () => {
    list(started('ada', 0));
    await round();
    await round(9.9);
    await round(0.1);

    expect(asked).toHaveLength(2);
  });

  it('is every ten seconds when it has not answered for long', async () => {
    connect = () => Promise.resolve(false);
    list(started('ada', 21));
    await round();
    await round(9.9);
    await round(0.1);

    expect(asked).toHaveLength(2);
  });

  it('is bounded in each round, in turn, and young agents never wait', async () => {
    const old = Array.from({ length: 300 }, (_, index) =>
      started(`old-${index}`, 3600, `${URL}/${index}`),
    );
    list(...old, started('young', 0, `${URL}/young`));

    await round();
    const first = asked.length;
    await round(0.2);

    expect(first).toBe(201);
    expect(new Set(asked).size).toBe(301);
  });

  it('is not at all for what does not run', async () => {
    list(instance('ada', { url: URL, state: 'stopped' }));
    await round();

    expect(asked).toEqual([]);
  });
});

describe('a round', () => {
  it('asks at most fifty at once', async () => {
    let open = 0;
    let most = 0;
    connect = async () => {
      open += 1;
      most = Math.max(most, open);
      await clock.sleep(10);
      open -= 1;
      return true;
    };
    list(...Array.from({ length: 120 }, (_, n) => started(`w${n}`, 3600, `${URL}/${n}`)));

    const running = prober.round(NEVER);
    await clock.advance(1_000);
    await running;

    expect(most).toBe(50);
    expect(asked).toHaveLength(120);
  });

  it('asks nobody more once it is stopped', async () => {
    const stop = new AbortController();
    connect = () => {
      stop.abort();
      return Promise.resolve(true);
    };
    list(...Array.from({ length: 120 }, (_, n) => started(`w${n}`, 3600, `${URL}/${n}`)));

    await prober.round(stop.signal);

    expect(asked.length).toBeLessThanOrEqual(50);
  });
});
