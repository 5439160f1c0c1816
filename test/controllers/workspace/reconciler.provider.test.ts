import { expect, it } from '@jest/globals';
import { TerminalError } from '../../../lib/errors.ts';
import { before, throttled } from '../../fakes/faults.ts';
import { Harness } from '../../support/harness.ts';
import { processClass, workspace } from '../../support/manifests.ts';

const DEMO = [processClass(), workspace({ name: 'demo' })];
const LONG_UNCHANGED_SECONDS = 400;

function refused(reason: string) {
  return before(new TerminalError('launching instance: refused', { reason }));
}

it('says that a launch is throttled, counts no failure, and goes on by itself', async () => {
  await using harness = await Harness.start();
  harness.backend.failNext('launch', throttled(30));
  await harness.apply(...DEMO);
  await harness.look();

  expect(await harness.condition('demo', 'Provisioned')).toMatchObject({ reason: 'Throttled' });
  expect((await harness.status('demo')).failures).toBeUndefined();
  await harness.settle();
  expect(harness.instances()).toHaveLength(1);
});

it.each(['ImageNotFound', 'InvalidLaunchParameters'])(
  'stalls with %s, asks no more, and goes on when the class is changed',
  async (reason) => {
    await using harness = await Harness.start();
    await harness.apply(processClass({ quota: { maxWorkspaces: 1 } }));
    // Its change is of virtual time; the default of a column is of the wall's.
    await harness.apply(processClass());
    await harness.advance(LONG_UNCHANGED_SECONDS);
    harness.backend.failNext('launch', refused(reason));
    await harness.apply(...DEMO);
    await harness.settle();

    expect(await harness.condition('demo', 'Stalled')).toMatchObject({ reason, status: 'True' });
    expect(harness.backend.calls.filter(({ method }) => method === 'launch')).toHaveLength(1);
    await harness.apply(
      processClass({ process: { runtimes: { sample: { command: ['other'] } } } }),
      workspace({ name: 'demo' }),
    );
    await harness.settle();
    expect(harness.instances()).toHaveLength(1);
  },
);

it('tries again when what the class names may have been made a moment ago', async () => {
  await using harness = await Harness.start();
  harness.backend.failNext('launch', refused('ImageNotFound'));
  await harness.apply(...DEMO);

  await harness.settle();

  expect(harness.instances()).toHaveLength(1);
});
