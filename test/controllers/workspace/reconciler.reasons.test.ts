import { describe, expect, it } from '@jest/globals';
import type { Condition } from '../../../api/conditions.ts';
import { REFUSALS } from '../../fakes/faults.ts';
import { Harness } from '../../support/harness.ts';
import { processClass, workspace } from '../../support/manifests.ts';

const DEMO = workspace({ name: 'demo' });

/** What it says of one condition at each look, without repetitions. */
async function follow(
  harness: Harness,
  type: Condition['type'],
): Promise<readonly (string | undefined)[]> {
  const reasons: (string | undefined)[] = [];
  for (let looks = 0; looks < 12; looks += 1) {
    await harness.look();
    reasons.push((await harness.condition('demo', type))?.reason);
    await harness.advance(1);
  }
  return [...new Set(reasons)];
}

describe('a workspace on its way', () => {
  it('says that its launch is pending, and that it progresses', async () => {
    await using harness = await Harness.start({ transitionSeconds: 5 });
    await harness.apply(processClass({ readiness: 'Registered' }), DEMO);

    await harness.look();
    await harness.advance(3);
    await harness.look();

    expect(await harness.condition('demo', 'Provisioned')).toMatchObject({
      status: 'False',
      reason: 'LaunchPending',
    });
    expect(await harness.condition('demo', 'Reconciling')).toMatchObject({
      status: 'True',
      reason: 'ProgressingToGeneration',
    });
  });

  it('says that it is replaced while the old instance goes', async () => {
    await using harness = await Harness.start({ transitionSeconds: 3 });
    await harness.apply(processClass(), DEMO);
    await harness.settle();

    await harness.apply(processClass(), workspace({ name: 'demo', tier: 3 }));

    expect(await follow(harness, 'Ready')).toContain('Replacing');
  });

  it('says that it tries again after a refusal', async () => {
    await using harness = await Harness.start();
    harness.backend.failNext('launch', REFUSALS.capacity());
    await harness.apply(processClass({ readiness: 'Registered' }), DEMO);
    await harness.look();
    await harness.look();

    expect(await follow(harness, 'Reconciling')).toContain('Retrying');
  });

  it('says that it is stopped while it is paused', async () => {
    await using harness = await Harness.start();
    await harness.apply(processClass(), DEMO);
    await harness.settle();

    await harness.apply(processClass(), workspace({ name: 'demo', desiredState: 'Paused' }));
    await harness.settle();

    expect(await harness.condition('demo', 'Provisioned')).toMatchObject({
      status: 'False',
      reason: 'Stopped',
    });
  });
});
