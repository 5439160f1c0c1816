import { expect, it } from '@jest/globals';
import { listGarbage } from '../../../store/garbage.ts';
import { Harness } from '../../support/harness.ts';
import { processClass, workspace } from '../../support/manifests.ts';

const CLASS = processClass();
const DEMO = workspace({ name: 'demo' });

async function startDemo(): Promise<Harness> {
  const harness = await Harness.start();
  await harness.apply(CLASS, DEMO);
  await harness.settle();
  return harness;
}

/** Somebody starts an instance with the marks of ours. */
function copyDemo(harness: Harness): void {
  const [original] = harness.instances();
  expect(original).toBeDefined();
  harness.backend.provider.plant({ ...original, id: 'a-copy' } as NonNullable<typeof original>);
}

function runningIds(harness: Harness): readonly string[] {
  return harness
    .instances()
    .map(({ id }) => id)
    .sort();
}

it('touches no instance that carries copied marks, and reports it', async () => {
  await using harness = await startDemo();
  copyDemo(harness);
  harness.log.clear();

  await harness.settle();
  await harness.collectGarbage();

  expect(harness.actions()).toEqual([]);
  expect(runningIds(harness)).toEqual(['a-copy', 'fake-000001']);
  expect(await listGarbage(harness.db)).toMatchObject([
    { instanceId: 'a-copy', decision: 'unclaimed', evidence: { launch: 'contradicted' } },
  ]);
});

it('stops, replaces and deletes its own beside a copy', async () => {
  await using harness = await startDemo();
  copyDemo(harness);

  await harness.apply(CLASS, workspace({ name: 'demo', tier: 3, deletionPolicy: 'Retain' }));
  await harness.settle();
  const replaced = runningIds(harness);
  await harness.apply(CLASS);
  await harness.settle();

  expect(replaced).toEqual(['a-copy', 'fake-000002']);
  expect(runningIds(harness)).toEqual(['a-copy']);
  expect(await harness.activity('demo')).toContain('Released Deleted');
});

it('ends an instance of a closed attempt that appears after all', async () => {
  await using harness = await startDemo();
  const [old] = harness.instances();
  await harness.apply(CLASS, workspace({ name: 'demo', tier: 3 }));
  await harness.settle();

  harness.backend.provider.change(old?.id ?? '', { state: 'running' });
  await harness.settle();

  expect(runningIds(harness)).toEqual(['fake-000002']);
  expect(await harness.activity('demo')).toContain('Terminated AttemptClosed');
});

it('ends an instance of a closed attempt although the workspace is paused', async () => {
  await using harness = await startDemo();
  const [old] = harness.instances();
  await harness.apply(CLASS, workspace({ name: 'demo', tier: 3 }));
  await harness.settle();
  await harness.apply(CLASS, workspace({ name: 'demo', tier: 3, desiredState: 'Paused' }));
  await harness.settle();

  harness.backend.provider.change(old?.id ?? '', { state: 'running' });
  await harness.settle();

  expect(runningIds(harness)).toEqual([]);
  expect(await harness.launches('demo')).toMatchObject([
    { state: 'closed' },
    { state: 'launched' },
  ]);
});

it('does nothing at all while the state of its instance cannot be told', async () => {
  await using harness = await startDemo();
  harness.backend.provider.change('fake-000001', { state: 'unknown' });
  harness.log.clear();

  await harness.apply(CLASS, workspace({ name: 'demo', tier: 3 }));
  await harness.settle();

  expect(harness.actions()).toEqual([]);
  expect(await harness.condition('demo', 'Ready')).toMatchObject({
    status: 'Unknown',
    reason: 'StatusUnknown',
  });
});
