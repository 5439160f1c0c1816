import { expect, it } from '@jest/globals';
import { findClass } from '../../../store/objects.ts';
import { ThrottledError } from '../../../lib/errors.ts';
import { REFUSALS, before } from '../../fakes/faults.ts';
import { Harness } from '../../support/harness.ts';
import { processClass, workspace } from '../../support/manifests.ts';

const TEAM = ['ada', 'ben', 'cleo'].map((name) => workspace({ name }));

async function holdOf(harness: Harness) {
  return (await findClass(harness.db, 'local'))?.status?.hold;
}

function launchTimes(harness: Harness): readonly number[] {
  const launches = harness.backend.calls.filter(({ method }) => method === 'launch');
  return launches.map(({ at }) => at.getTime() / 1000);
}

async function applyRefused(harness: Harness, refusal: 'quota' | 'unauthorized', times: number) {
  for (let time = 0; time < times; time += 1) {
    harness.backend.failNext('launch', REFUSALS[refusal]());
  }
  await harness.apply(processClass(), ...TEAM);
  await harness.look();
  await harness.look();
}

it.each([
  ['quota', 'VcpuLimitExceeded'],
  ['unauthorized', 'Unauthorized'],
] as const)(
  'holds the class, and says so once, when the account refuses: %s',
  async (refusal, reason) => {
    await using harness = await Harness.start({ connections: 1 });

    await applyRefused(harness, refusal, 3);

    expect(await holdOf(harness)).toMatchObject({ reason, count: 1 });
    for (const name of ['ada', 'ben', 'cleo']) {
      expect(await harness.condition(name, 'Provisioned')).toMatchObject({
        status: 'False',
        reason,
        message: 'class "local" is on hold; its status says why',
      });
      expect((await harness.status(name)).failures).toBeUndefined();
    }
  },
);

it('sends one probe a minute at most, later one in ten, while the quota is reached', async () => {
  await using harness = await Harness.start({ connections: 1 });
  await applyRefused(harness, 'quota', 12);
  const before = launchTimes(harness).length;

  await harness.advance(3600);

  const times = launchTimes(harness).slice(before - 1);
  const waits = times.slice(1).map((at, index) => Math.round(at - (times[index] ?? 0)));
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(60);
  expect(waits.at(-1)).toBeGreaterThanOrEqual(600);
});

it('launches all who waited as soon as one probe is let through', async () => {
  await using harness = await Harness.start({ connections: 1 });
  await applyRefused(harness, 'quota', 3);

  await harness.advance(65);
  await harness.settle();

  expect(harness.instances()).toHaveLength(3);
  expect(await holdOf(harness)).toBeUndefined();
});

it('probes a minute after the last probe when an instance of the class has gone', async () => {
  await using harness = await Harness.start({ connections: 1 });
  await harness.apply(processClass(), workspace({ name: 'old' }));
  await harness.settle();
  for (let time = 0; time < 9; time += 1) {
    harness.backend.failNext('launch', REFUSALS.quota());
  }
  await harness.apply(processClass(), workspace({ name: 'old' }), workspace({ name: 'new' }));
  await harness.look();
  await harness.advance(1000);
  const probes = launchTimes(harness).length;

  await harness.apply(processClass(), workspace({ name: 'new' }));
  await harness.look();
  await harness.advance(65);

  expect(launchTimes(harness).length).toBe(probes + 1);
});

it('forgets the hold when the class is changed', async () => {
  await using harness = await Harness.start({ connections: 1 });
  await applyRefused(harness, 'unauthorized', 3);

  await harness.apply(processClass({ quota: { maxWorkspaces: 50 } }), ...TEAM);
  await harness.settle();

  expect(harness.instances()).toHaveLength(3);
});

it('goes on holding after the controller has died', async () => {
  await using harness = await Harness.start({ connections: 1 });
  await applyRefused(harness, 'quota', 3);
  const before = launchTimes(harness).length;

  await harness.restart();
  await harness.advance(30);

  expect(launchTimes(harness).length).toBe(before);
});

it('asks once in five minutes what the class means while the account refuses to tell', async () => {
  await using harness = await Harness.start({ connections: 1 });
  for (let time = 0; time < 20; time += 1) {
    harness.backend.failNext('resolve', REFUSALS.unauthorized());
  }
  await harness.apply(processClass(), workspace({ name: 'ada' }));
  await harness.look();

  await harness.advance(700);

  expect(await holdOf(harness)).toMatchObject({ reason: 'Unauthorized', count: 3 });
  expect(harness.instances()).toEqual([]);
});

it('takes the refusal of a class that was meant before for none of the new one', async () => {
  await using harness = await Harness.start({ connections: 1 });
  const classes = [processClass(), processClass({ name: 'other', default: false })];
  await harness.apply(...classes);
  await harness.advance(400);
  harness.backend.failNext('launch', before(new ThrottledError('launching instance', 30)));
  harness.backend.failNext('launch', REFUSALS.quota());
  await harness.apply(...classes, workspace({ name: 'ada', className: 'local' }));
  await harness.look();

  await harness.apply(...classes, workspace({ name: 'ada', className: 'other' }));
  await harness.advance(45);

  expect((await findClass(harness.db, 'other'))?.status?.hold).toBeUndefined();
  await harness.look();
  await harness.advance(60);
  await harness.settle();
  expect(harness.instances()).toMatchObject([{ marks: { className: 'other' } }]);
});
