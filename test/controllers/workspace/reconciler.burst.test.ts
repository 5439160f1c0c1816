import { describe, expect, it } from '@jest/globals';
import { Harness } from '../../support/harness.ts';
import { processClass, workspace } from '../../support/manifests.ts';

/** Of twenty changes within a second. */
const PAUSE_MS = 50;

function demo(count: number, desiredState: 'Running' | 'Paused' = 'Running') {
  return workspace({ name: 'demo', desiredState, env: [{ name: 'COUNT', value: String(count) }] });
}

/** Edits it twenty times within a second, and looks at it after each. */
async function editTwentyTimes(harness: Harness): Promise<void> {
  for (let count = 1; count <= 20; count += 1) {
    await harness.apply(processClass(), demo(count));
    await harness.look();
    harness.clock.jump(PAUSE_MS);
  }
}

/** Restarts an agent that had run for long, for its first edit. */
async function restartFor(harness: Harness, edited: ReturnType<typeof demo>): Promise<void> {
  await harness.apply(processClass(), demo(0));
  await harness.settle();
  await harness.apply(processClass(), edited);
  await harness.look();
  await harness.look();
}

describe('twenty edits within a second', () => {
  it('restart an agent twice: for the first, and then for all others together', async () => {
    await using harness = await Harness.start();
    await harness.apply(processClass(), demo(0));
    await harness.settle();
    harness.log.clear();

    await editTwentyTimes(harness);
    await harness.settle();

    const [instance] = harness.instances();
    const [launch] = await harness.launches('demo');
    expect(harness.actions()).toEqual(['Stop', 'Start', 'Stop', 'Start']);
    expect(instance?.configHash).toBe(launch?.config_hash);
    expect(await harness.condition('demo', 'Drifted')).toBeUndefined();
  });

  it('that go on and on restart an agent every other second, also one that never gets to register', async () => {
    await using harness = await Harness.start();
    await harness.apply(processClass({ readiness: 'Registered' }), demo(0));
    await harness.settle();
    harness.log.clear();

    for (let count = 1; count <= 50; count += 1) {
      await harness.apply(processClass({ readiness: 'Registered' }), demo(count));
      await harness.advance(0.2);
      await harness.look();
    }

    const stops = harness.actions().filter((action) => action === 'Stop');
    expect(stops.length).toBeGreaterThanOrEqual(3);
    expect(stops.length).toBeLessThanOrEqual(6);
  });

  it('restart an agent that was launched just now once', async () => {
    await using harness = await Harness.start();
    await harness.apply(processClass(), demo(0));
    await harness.look();
    await harness.look();
    expect(harness.actions()).toContain('Launch');
    harness.log.clear();

    await editTwentyTimes(harness);
    await harness.settle();

    expect(harness.actions()).toEqual(['Stop', 'Start']);
  });

  it('say meanwhile that the agent does not run with them yet', async () => {
    await using harness = await Harness.start();
    await restartFor(harness, demo(1));

    await harness.apply(processClass(), demo(2));
    await harness.look();

    expect(await harness.condition('demo', 'Ready')).toMatchObject({
      status: 'False',
      message: 'its change waits a moment for those that may come with it',
    });
    expect(await harness.condition('demo', 'Drifted')).toMatchObject({ reason: 'ConfigChanged' });
  });

  it('hold no pause up', async () => {
    await using harness = await Harness.start();
    await restartFor(harness, demo(1));
    harness.log.clear();

    await harness.apply(processClass(), demo(2, 'Paused'));
    await harness.look();

    expect(harness.actions()).toEqual(['Stop']);
  });
});
