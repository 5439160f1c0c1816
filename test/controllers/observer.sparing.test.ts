import { expect, it } from '@jest/globals';
import { Fleet } from '../../controllers/fleet.ts';
import { Observer } from '../../controllers/observer.ts';
import { CapturedLog } from '../support/captured-log.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { instance } from './instances.ts';

const KEY = 'ec2/eu-central-1';

function rig() {
  const clock = new VirtualClock();
  const fleet = new Fleet(() => clock.now());
  const asked: string[] = [];
  const told: string[][] = [];
  const observer = new Observer({
    key: KEY,
    backend: {
      list: () => {
        asked.push(`${clock.monotonicMs() / 1000}: all`);
        return Promise.resolve([]);
      },
      listWorkspaces: (uids) => {
        asked.push(`${clock.monotonicMs() / 1000}: ${uids.join(' ')}`);
        return Promise.resolve(uids.map((uid) => instance(uid)));
      },
    },
    fleet,
    intervalSeconds: 30,
    onChange: (uids) => told.push([...uids]),
    onFirstList: () => undefined,
    clock,
    log: new CapturedLog('debug').log,
  });
  return { clock, fleet, asked, told, observer };
}

it('lists everything once in an interval when nothing moves, and nothing in between', async () => {
  const { clock, asked, observer } = rig();
  const stop = new AbortController();
  const run = observer.run(stop.signal, () => undefined);

  await clock.advance(95_000);
  stop.abort();
  await run;

  expect(asked).toEqual(['0: all', '30: all', '60: all', '90: all']);
});

it('asks in between about those alone that were acted upon, and tells of them', async () => {
  const { clock, fleet, asked, told, observer } = rig();
  const stop = new AbortController();
  const run = observer.run(stop.signal, () => undefined);
  await clock.advance(3_000);
  fleet.noteCall('ada', KEY);
  observer.lookSoon();

  await clock.advance(25_000);
  stop.abort();
  await run;

  expect(asked).toEqual(['0: all', '10: ada']);
  expect(told).toEqual([['ada']]);
});
