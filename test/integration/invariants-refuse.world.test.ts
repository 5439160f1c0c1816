import { describe, expect, it } from '@jest/globals';
import { before } from '../fakes/faults.ts';
import { Harness } from '../support/harness.ts';
import { processClass, workspace } from '../support/manifests.ts';
import { Invariants } from './invariants.ts';
import { expectWorld, FOREIGN, ourInstances } from './world.ts';

/** One workspace that runs beside what is not ours, and who watches it. */
async function startWatched(): Promise<{ harness: Harness; invariants: Invariants }> {
  const harness = await Harness.start();
  harness.backend.provider.plant(FOREIGN);
  const invariants = new Invariants(harness);
  await harness.apply(processClass(), workspace({ name: 'demo' }));
  await harness.settle();
  await invariants.check();
  return { harness, invariants };
}

describe('what is checked of instances refuses', () => {
  it.each<[string, (harness: Harness) => Promise<void> | void]>([
    [
      'exactly one instance',
      (harness) => {
        const [one] = ourInstances(harness);
        harness.backend.provider.plant({ ...(one ?? FOREIGN), id: 'second' });
      },
    ],
    [
      'foreign things are never touched',
      async ({ backend }) => {
        await backend.terminate(FOREIGN.id);
      },
    ],
    [
      'nothing is destroyed on a guess',
      async (harness) => {
        await harness.backend.terminate(ourInstances(harness)[0]?.id ?? '');
      },
    ],
  ])('what breaks «%s»', async (promise, breakIt) => {
    const { harness, invariants } = await startWatched();
    await using _ended = harness;

    await breakIt(harness);

    await expect(invariants.check()).rejects.toThrow(promise);
  });
});

it('refuses a world that rests and is not what was declared', async () => {
  await using harness = await Harness.start();
  harness.backend.provider.plant(FOREIGN);
  harness.backend.failAll(before());
  await harness.apply(processClass(), workspace({ name: 'demo' }));
  await harness.settle();

  await expect(expectWorld(harness, { demo: 'running' })).rejects.toThrow('running');
});
