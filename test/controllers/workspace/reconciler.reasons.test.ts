import { describe, expect, it } from '@jest/globals';
import type { Condition } from '../../../api/conditions.ts';
import { before, REFUSALS } from '../../fakes/faults.ts';
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

  it('says that it is accepted, that its instance is on its way, and that no agent can be there yet', async () => {
    await using harness = await Harness.start({ transitionSeconds: 5 });
    await harness.apply(processClass({ readiness: 'Registered' }), DEMO);

    await harness.look();
    await harness.advance(3);
    await harness.look();

    const { phase, conditions } = await harness.status('demo');
    expect(phase).toBe('Provisioning');
    expect(conditions).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'Accepted', status: 'True', reason: 'Accepted' }),
        expect.objectContaining({ type: 'Ready', status: 'False', reason: 'Provisioning' }),
        expect.objectContaining({ type: 'Available', status: 'False', reason: 'NotProvisioned' }),
      ]),
    );
  });

  it('says that there is no class for it, and is pending', async () => {
    await using harness = await Harness.start();
    await harness.apply(DEMO);

    await harness.look();

    const { phase, conditions } = await harness.status('demo');
    expect(phase).toBe('Pending');
    expect(conditions).toContainEqual(
      expect.objectContaining({ type: 'Accepted', status: 'False', reason: 'ClassNotFound' }),
    );
  });

  it('says that its launch is in doubt while nobody knows what came of the call', async () => {
    await using harness = await Harness.start({ callLifetimeSeconds: 60 });
    harness.backend.failNext('launch', before());
    await harness.apply(processClass(), DEMO);

    expect(await follow(harness, 'Provisioned')).toContain('LaunchInDoubt');
  });

  it('says that this program is wrong when a step throws what no step may throw', async () => {
    await using harness = await Harness.start();
    harness.backend.failNext('launch', before(new TypeError('no such property')));
    await harness.apply(processClass(), DEMO);

    expect(await follow(harness, 'Provisioned')).toContain('ReconcileFailed');
  });

  it('says that its configuration has changed until it is restarted with it', async () => {
    await using harness = await Harness.start({ transitionSeconds: 3 });
    await harness.apply(processClass(), DEMO);
    await harness.settle();

    const env = [{ name: 'MODE', value: 'fast' }];
    await harness.apply(processClass(), workspace({ name: 'demo', env }));

    expect(await follow(harness, 'Drifted')).toContain('ConfigChanged');
    expect(await harness.condition('demo', 'Drifted')).toBeUndefined();
  });

  it('says that its instance is gone while its replacement waits', async () => {
    await using harness = await Harness.start();
    await harness.apply(processClass(), DEMO);
    await harness.settle();
    harness.backend.provider.change(harness.instances()[0]?.id ?? 'none', { state: 'terminated' });
    await harness.look();
    await harness.look();

    harness.backend.provider.change(harness.instances()[0]?.id ?? 'none', { state: 'terminated' });

    expect(await follow(harness, 'Provisioned')).toContain('InstanceLost');
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

  it('says that it is going while it is deleted', async () => {
    await using harness = await Harness.start({ transitionSeconds: 5 });
    await harness.apply(processClass(), DEMO);
    await harness.settle();

    await harness.apply(processClass());
    await harness.look();
    await harness.look();

    const { phase, conditions } = await harness.status('demo');
    expect(phase).toBe('Terminating');
    expect(conditions).toContainEqual(
      expect.objectContaining({ type: 'Ready', status: 'False', reason: 'Terminating' }),
    );
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
