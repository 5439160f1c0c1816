import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AddressAnswer } from '../../../controllers/workspace/external-agent.ts';
import { ExternalProber } from '../../../controllers/workspace/external-prober.ts';
import type { DeclaredAddress } from '../../../store/external-agents.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const EVE: DeclaredAddress = { uid: 'eve', url: 'http://192.168.0.7' };
const MAX: DeclaredAddress = { uid: 'max', url: 'http://192.168.0.8' };
const YES: AddressAnswer = { isAnswering: true };
const NO: AddressAnswer = { isAnswering: false };

let clock: VirtualClock;
let declared: readonly DeclaredAddress[];
let answers: Record<string, AddressAnswer>;
let asked: string[];
let told: string[];
let prober: ExternalProber;

beforeEach(() => {
  clock = new VirtualClock();
  declared = [EVE];
  answers = { [EVE.url]: YES, [MAX.url]: NO };
  asked = [];
  told = [];
  prober = new ExternalProber({
    list: () => Promise.resolve(declared),
    ask: (url) => {
      asked.push(url);
      return Promise.resolve(answers[url] ?? NO);
    },
    onChange: (uids) => told.push(...uids),
    clock,
  });
});

describe('whether a declared address answers', () => {
  it('is not known before it was asked, and then is what was heard', async () => {
    const before = prober.answerOf(EVE.uid, EVE.url);

    await prober.round();

    expect([before, prober.answerOf(EVE.uid, EVE.url)]).toEqual([undefined, YES]);
    expect(told).toEqual(['eve']);
  });

  it('is told again only when it has changed', async () => {
    await prober.round();
    await prober.round();
    const steady = [...told];
    answers = { [EVE.url]: { ...NO, refusal: 'is a loopback address' } };
    await prober.round();

    expect(steady).toEqual(['eve']);
    expect(told).toEqual(['eve', 'eve']);
  });

  it('is not known of another address, until that was asked', async () => {
    await prober.round();
    declared = [{ ...EVE, url: MAX.url }];
    const between = prober.answerOf(EVE.uid, MAX.url);
    await prober.round();

    expect([between, prober.answerOf(EVE.uid, MAX.url)]).toEqual([undefined, NO]);
    expect(told).toEqual(['eve', 'eve']);
  });

  it('is forgotten when nobody declares it any more', async () => {
    await prober.round();
    declared = [MAX];
    await prober.round();

    expect(prober.answerOf(EVE.uid, EVE.url)).toBeUndefined();
  });

  it('is asked every ten seconds until it is stopped', async () => {
    const stop = new AbortController();
    let beats = 0;
    const running = prober.run(stop.signal, () => (beats += 1));

    await clock.advance(25_000);
    stop.abort();
    await running;

    expect([asked.length, beats]).toEqual([3, 3]);
  });

  it('is asked of many at once, and of each once a round', async () => {
    declared = Array.from({ length: 50 }, (_, index) => ({
      uid: `agent-${index}`,
      url: `http://192.168.1.${index}`,
    }));

    await prober.round();

    expect([...asked].sort()).toEqual(declared.map(({ url }) => url).sort());
  });
});
