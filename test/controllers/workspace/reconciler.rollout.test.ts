import { expect, it } from '@jest/globals';
import { Harness, type Look } from '../../support/harness.ts';
import { processClass, workspace } from '../../support/manifests.ts';

const TEN = Array.from({ length: 10 }, (_, index) => `agent-${index}`);

function declareTen(tier: number) {
  return TEN.map((name) => workspace({ name, tier }));
}

async function startTen(maxUnavailable: number): Promise<Harness> {
  const harness = await Harness.start({ transitionSeconds: 3 });
  await harness.apply(processClass({ rollout: { maxUnavailable } }), ...declareTen(2));
  await harness.settle();
  return harness;
}

/** Looks every second until nothing is left to do; answers the fewest that ran at any time. */
async function fewestRunning(harness: Harness): Promise<number> {
  let fewest = TEN.length;
  let last: Look = { isCalm: false, hasWritten: true };
  while (!last.isCalm || last.hasWritten) {
    last = await harness.look();
    const running = harness.instances().filter(({ state }) => state === 'running');
    fewest = Math.min(fewest, running.length);
    await harness.advance(1);
  }
  return fewest;
}

it.each([1, 3])('replaces ten with at most %i of them down', async (maxUnavailable) => {
  await using harness = await startTen(maxUnavailable);
  const before = harness.instances().map(({ id }) => id);

  await harness.apply(processClass({ rollout: { maxUnavailable } }), ...declareTen(3));
  const fewest = await fewestRunning(harness);

  const after = harness.instances().map(({ id }) => id);
  expect(fewest).toBe(TEN.length - maxUnavailable);
  expect(after).toHaveLength(TEN.length);
  expect(after.filter((id) => before.includes(id))).toEqual([]);
});

it('does not call a workspace ready whose change waits for its turn', async () => {
  await using harness = await startTen(1);

  await harness.apply(processClass(), ...declareTen(3));
  await harness.look();

  const last = await harness.status('agent-9');
  expect(last).toMatchObject({ observedGeneration: 2, phase: 'Online' });
  expect(last.conditions).toContainEqual(
    expect.objectContaining({
      type: 'Ready',
      status: 'False',
      // For its place or for its turn: whichever of the ten was looked at first has the place.
      message: expect.stringMatching(/^its change waits /),
    }),
  );
});

it('waits for nobody who cannot run at all', async () => {
  await using harness = await startTen(1);
  const broken = workspace({ name: 'broken', parentRef: { name: 'broken' } });
  await harness.apply(processClass(), ...declareTen(2), broken);
  await harness.settle();

  await harness.apply(processClass(), ...declareTen(3), broken);
  await harness.settle();

  const rows = await Promise.all(TEN.map((name) => harness.launches(name)));
  expect(rows.map((launches) => launches.at(-1)?.attempt)).toEqual(TEN.map(() => 2));
});

it('keeps to the limit when the controller dies in the middle', async () => {
  await using harness = await startTen(1);

  await harness.apply(processClass(), ...declareTen(3));
  await harness.look();
  await harness.advance(4);
  await harness.look();
  await harness.restart();
  const fewest = await fewestRunning(harness);

  expect(fewest).toBe(TEN.length - 1);
  expect(harness.instances()).toHaveLength(TEN.length);
});
