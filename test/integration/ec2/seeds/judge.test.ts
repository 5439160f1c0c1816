import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { FakeEc2 } from '../../../fakes/ec2/fake-ec2.ts';
import { late } from '../../../fakes/ec2/faults.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';
import { plant, plantForeign, terminateByHand } from '../by-hand.ts';
import { judge, type Verdict } from './judge.ts';
import { WishHistory } from './wish-history.ts';

const KEPT: Verdict = {
  duplicates: 0,
  duplicatesEver: 0,
  leaks: 0,
  missing: 0,
  wrongTerminations: 0,
};
/** The access key of whom is judged. */
const CALLER = 'judged';
const WISH = { isPaused: false, version: 1 };

let clock: VirtualClock;
let fake: FakeEc2;
let wishes: WishHistory;
let foreignId: string;

beforeEach(async () => {
  clock = new VirtualClock();
  fake = await FakeEc2.start({ clock, pendingSeconds: 1, shuttingDownSeconds: 1 });
  wishes = new WishHistory();
  foreignId = await plantForeign(fake, 'ada');
  await pass();
});

afterEach(() => fake[Symbol.asyncDispose]());

async function launch(name: string): Promise<string> {
  const tags = {
    'treeline.dev/installation': CALLER,
    'treeline.dev/workspace-uid': `uid-${name}`,
    'treeline.dev/name': name,
  };
  const id = await plant(fake, tags, CALLER);
  await pass();
  return id;
}

async function terminate(id: string): Promise<void> {
  await terminateByHand(fake, id, CALLER);
  await pass();
}

async function wish(name: string, wanted = true): Promise<void> {
  wishes.set(fake.now(), name, wanted ? WISH : undefined);
  await pass();
}

async function pass(): Promise<void> {
  await clock.advance(10_000);
}

function verdict(): Verdict {
  const known = new Map(fake.instances().map((one) => [one.id, one]));
  return judge({ system: { fake, caller: CALLER }, wishes, foreignId, known });
}

it('finds nothing wrong with one instance of each that is wanted, and none of one that was', async () => {
  await wish('ada');
  await wish('ben');
  await launch('ada');
  const ben = await launch('ben');
  await wish('ben', false);
  await terminate(ben);

  expect(verdict()).toEqual(KEPT);
});

it('sees two of one, and that there were two when one of them is ended', async () => {
  await wish('ada');
  await launch('ada');
  const second = await launch('ada');
  const meanwhile = verdict();
  await terminate(second);

  expect(meanwhile).toEqual({ ...KEPT, duplicates: 1, duplicatesEver: 1 });
  expect(verdict()).toEqual({ ...KEPT, duplicatesEver: 1 });
});

it('sees an instance that nobody wants, and one that is missing', async () => {
  await wish('ben');
  await launch('ada');

  expect(verdict()).toEqual({ ...KEPT, leaks: 1, missing: 1 });
});

it('sees that one was ended that was wanted all the while, even when another one follows', async () => {
  await wish('ada');
  const first = await launch('ada');
  await terminate(first);
  await launch('ada');

  expect(verdict()).toEqual({ ...KEPT, wrongTerminations: 1 });
});

it('finds nothing wrong with the end of one that was asked for before its workspace was declared anew', async () => {
  await wish('ada');
  fake.faults.next('RunInstances', late());
  await launch('ada').catch(() => undefined);
  await wish('ada', false);
  await wish('ada');
  fake.deliverLateCalls();
  const [latecomer] = fake.instances().filter(({ launchedBy }) => launchedBy === CALLER);

  await terminate(latecomer?.id ?? '');
  await launch('ada');

  expect(verdict()).toEqual(KEPT);
});

it('finds nothing wrong with the end of one whose call was on the way while its workspace was declared anew', async () => {
  await wish('ada');
  const call = fake.faults.hold('RunInstances', 'before');
  const launching = launch('ada');
  await call.arrived;
  await wish('ada', false);
  await wish('ada');
  call.release();

  await terminate(await launching);
  await launch('ada');

  expect(verdict()).toEqual(KEPT);
});

it('sees that one of somebody else was ended', async () => {
  await terminate(foreignId);

  expect(verdict().wrongTerminations).toBe(1);
});
