import { afterEach, describe, expect, it } from '@jest/globals';
import { Harness, type HarnessOptions } from '../../support/harness.ts';
import { partial } from '../../fakes/faults.ts';
import { processClass, workspace } from '../../support/manifests.ts';

const DISABLED = { 'treeline.dev/reconcile': 'disabled' };

let harness: Harness;

async function start(options: HarnessOptions = {}): Promise<void> {
  harness = await Harness.start(options);
}

afterEach(async () => {
  await harness[Symbol.asyncDispose]();
});

/** What was decided and not done, in the order of the log. */
function heldBack(): readonly unknown[] {
  return harness.log.lines
    .filter(({ isHeldBack }) => isHeldBack === true)
    .map(({ action }) => action);
}

describe('a controller that only observes', () => {
  it('says what it would do, and does nothing', async () => {
    await start({ isObserveOnly: true });

    await harness.apply(processClass(), workspace({ name: 'ada' }));
    await harness.settle();

    expect(heldBack()).toContain('Prepare');
    expect(harness.backend.calls).toEqual([]);
    expect(await harness.db.selectFrom('launches').selectAll().execute()).toEqual([]);
  });
});

describe('a workspace that is not to be reconciled', () => {
  it('is looked at and logged, and left as it is', async () => {
    await start();
    await harness.apply(processClass(), workspace({ name: 'ada' }));
    await harness.settle();
    const callsBefore = harness.backend.calls.length;

    await harness.apply(
      processClass(),
      workspace({ name: 'ada', desiredState: 'Paused', annotations: DISABLED }),
    );
    await harness.settle();

    expect(heldBack()).toContain('Stop');
    expect(harness.backend.calls).toHaveLength(callsBefore);
    expect(harness.instances()).toHaveLength(1);
  });

  it('is only one whose annotation says so: the value counts', async () => {
    await start();

    await harness.apply(
      processClass(),
      workspace({ name: 'ada', annotations: { 'treeline.dev/reconcile': 'enabled' } }),
    );
    await harness.settle();

    expect(harness.instances()).toHaveLength(1);
  });
});

describe('the database of another installation', () => {
  it('has nothing launched, stopped or deleted, and says why', async () => {
    await start();
    await harness.apply(processClass(), workspace({ name: 'ada' }));
    await harness.settle();
    const [instance] = harness.instances();
    const callsBefore = harness.backend.calls.length;

    await harness.restart({ installationMismatch: 'the database belongs to "other"' });
    await harness.apply(processClass(), workspace({ name: 'bob' }));
    await harness.settle();
    await harness.collectGarbage();

    expect(harness.instances()).toEqual([instance]);
    expect(harness.backend.calls).toHaveLength(callsBefore);
    expect(await harness.condition('bob', 'Accepted')).toMatchObject({
      status: 'False',
      reason: 'InstallationMismatch',
      message: 'the database belongs to "other"',
    });
  });
});

describe('a backend that cannot be listed completely', () => {
  it('has nothing done in it, whatever is wanted, until it can be', async () => {
    await start();
    await harness.apply(processClass(), workspace({ name: 'ada' }), workspace({ name: 'bob' }));
    await harness.settle();
    const callsBefore = harness.backend.calls.length;
    harness.backend.failWhen(({ method }) => (method === 'list' ? partial() : undefined));
    await harness.advance(60);

    await harness.apply(
      processClass(),
      workspace({ name: 'ada', desiredState: 'Paused' }),
      workspace({ name: 'carl' }),
    );
    await harness.settle();

    expect(harness.backend.calls).toHaveLength(callsBefore);
    expect(await harness.condition('ada', 'Ready')).toMatchObject({
      status: 'Unknown',
      reason: 'StatusUnknown',
    });
    harness.backend.heal();
    await harness.settle();
    expect(harness.instances().map(({ marks }) => marks.name)).toEqual(['carl']);
  });
});

describe('a backend that is not configured', () => {
  it('is said of seven workspaces of seven within one pass', async () => {
    await start({ backendNames: [] });
    const names = Array.from({ length: 7 }, (_, index) => `agent-${index}`);

    await harness.apply(processClass(), ...names.map((name) => workspace({ name })));
    await harness.look();

    const ready = await Promise.all(names.map((name) => harness.condition(name, 'Ready')));
    expect(ready.map((condition) => condition?.status)).toEqual(names.map(() => 'False'));
    expect(ready.map((condition) => condition?.reason)).toEqual(
      names.map(() => 'BackendUnavailable'),
    );
    expect(harness.backend.calls).toEqual([]);
  });

  it('is said at once, and a workspace without an instance can be deleted all the same', async () => {
    await start({ backendNames: [] });

    await harness.apply(processClass(), workspace({ name: 'ada' }));
    await harness.settle();

    expect(await harness.condition('ada', 'Ready')).toMatchObject({
      status: 'False',
      reason: 'BackendUnavailable',
    });
    await harness.apply(processClass());
    await harness.settle();
    expect(await harness.db.selectFrom('workspaces').select('name').execute()).toEqual([]);
  });
});
