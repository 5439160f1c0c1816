import { expect, it } from '@jest/globals';
import { MAX_DEPTH } from '../../../api/workspace.ts';
import { ConflictError } from '../../../lib/errors.ts';
import { before, late } from '../../fakes/faults.ts';
import { Harness, type HarnessOptions } from '../../support/harness.ts';
import { processClass, workspace } from '../../support/manifests.ts';
import { uidOf } from '../../support/uid-of.ts';

const CLASS = processClass();
const DEMO = workspace({ name: 'demo' });
/** Their waits double from 5 ms on. */
const REFUSALS_OF_A_MINUTE = 12;

async function startDemo(options: HarnessOptions = {}): Promise<Harness> {
  const harness = await Harness.start(options);
  await harness.apply(CLASS, DEMO);
  await harness.settle();
  return harness;
}

async function names({ db }: Harness): Promise<readonly string[]> {
  const rows = await db.selectFrom('workspaces').select('name').orderBy('name').execute();
  return rows.map(({ name }) => name);
}

it('keeps the record until the instance was seen absent', async () => {
  await using harness = await startDemo({ transitionSeconds: 60 });

  await harness.apply(CLASS);
  await harness.look();
  await harness.look();
  const whileTerminating = await names(harness);
  await harness.settle();

  expect(whileTerminating).toEqual(['demo']);
  expect(await names(harness)).toEqual([]);
  expect(harness.instances()).toEqual([]);
  expect(harness.backend.provider.states()).toEqual([]);
});

it('keeps the launch rows as the proof of what was launched', async () => {
  await using harness = await startDemo();

  await harness.apply(CLASS);
  await harness.settle();

  expect(await harness.launches('demo')).toMatchObject([
    { attempt: 1, state: 'closed', close_reason: 'Terminated' },
  ]);
});

it('says what still uses the state that is to be removed, and goes on when it is free', async () => {
  await using harness = await startDemo();
  const inUse = new ConflictError('removing state: volume vol-1 is still in-use by i-2');
  for (let refusal = 0; refusal < REFUSALS_OF_A_MINUTE; refusal += 1) {
    harness.backend.failNext('removeState', before(inUse));
  }

  await harness.apply(CLASS);
  await harness.look();
  await harness.look();
  const ready = await harness.condition('demo', 'Ready');
  await harness.advance(60);
  await harness.settle();

  expect(ready).toMatchObject({ reason: 'Terminating', message: inUse.message });
  expect(await names(harness)).toEqual([]);
});

it('goes although its backend is not configured any more, and tells what is left there', async () => {
  await using harness = await startDemo();
  await harness.apply(processClass(), workspace({ name: 'demo', desiredState: 'Paused' }));
  await harness.settle();
  await harness.backend.terminate(harness.backend.provider.instances()[0]?.id ?? '');
  await harness.settle();

  await harness.process.kill();
  await harness.lead(harness.backend.another(), { backendNames: ['other'] });
  await harness.apply(CLASS);
  await harness.settle();

  expect(await names(harness)).toEqual([]);
  expect(await harness.messages('demo')).toContain(
    'deleted; what it kept on process is left, which is not configured here any more',
  );
});

it('names the backend of its instance that is not configured any more, and what to do', async () => {
  await using harness = await startDemo();

  await harness.process.kill();
  await harness.lead(harness.backend.another(), { backendNames: ['other'] });
  await harness.apply();
  await harness.look();

  expect(await harness.condition('demo', 'Provisioned')).toMatchObject({
    status: 'Unknown',
    reason: 'StatusUnknown',
    message: 'backend "process" of its last launch is not configured here; configure it again',
  });
});

it('keeps the state of a workspace whose policy is Retain', async () => {
  await using harness = await Harness.start();
  await harness.apply(CLASS, workspace({ name: 'demo', deletionPolicy: 'Retain' }));
  await harness.settle();
  const uid = await uidOf(harness, 'demo');

  await harness.apply(CLASS);
  await harness.settle();

  expect(await names(harness)).toEqual([]);
  expect(harness.backend.provider.states()).toEqual([uid]);
});

it('ends children before their parents', async () => {
  await using harness = await Harness.start({ transitionSeconds: 3 });
  const child = (name: string, parent: string) => workspace({ name, parentRef: { name: parent } });
  await harness.apply(CLASS, DEMO, child('writer', 'demo'), child('junior', 'writer'));
  await harness.settle();
  const nameOf = new Map(harness.instances().map(({ id, marks }) => [id, marks.name]));

  await harness.apply(CLASS);
  await harness.settle();

  const ended = harness.backend.calls.filter(({ method }) => method === 'terminate');
  expect(ended.map(({ target }) => nameOf.get(target))).toEqual(['junior', 'writer', 'demo']);
  expect(await names(harness)).toEqual([]);
});

it('ends a deletion whose parents go round in a circle that is longer than a tree may be deep', async () => {
  await using harness = await Harness.start();
  const length = MAX_DEPTH + 4;
  const circle = Array.from({ length }, (_, index) =>
    workspace({ name: `c${index}`, parentRef: { name: `c${(index + 1) % length}` } }),
  );
  await harness.apply(CLASS, ...circle);
  await harness.settle();

  await harness.apply(CLASS);
  await harness.settle();

  expect(await names(harness)).toEqual([]);
});

it('deletes what was never launched without asking the backend', async () => {
  await using harness = await Harness.start();
  await harness.apply(CLASS, workspace({ name: 'demo', desiredState: 'Paused' }));
  await harness.settle();
  harness.backend.failAll(before());

  await harness.apply(CLASS);
  await harness.settle();

  expect(await names(harness)).toEqual([]);
});

it('waits for the instance of a launch that was under way, and ends it', async () => {
  await using harness = await Harness.start();
  harness.backend.failNext('launch', late(20));
  await harness.apply(CLASS, DEMO);
  await harness.look();

  await harness.apply(CLASS);
  await harness.settle();

  expect(await names(harness)).toEqual([]);
  expect(harness.backend.calls.map(({ method }) => method)).toEqual([
    'launch',
    'terminate',
    'removeState',
  ]);
  expect(harness.instances()).toEqual([]);
});

it('never sends a launch again that is not wanted any more, and waits until it cannot land', async () => {
  await using harness = await Harness.start({ callLifetimeSeconds: 60 });
  harness.backend.failNext('launch', before());
  await harness.apply(CLASS, DEMO);
  await harness.look();
  const sentAt = harness.clock.monotonicMs();

  await harness.apply(CLASS);
  await harness.settle();

  const launches = harness.backend.calls.filter(({ method }) => method === 'launch');
  expect(launches).toHaveLength(1);
  expect(await names(harness)).toEqual([]);
  expect(harness.clock.monotonicMs() - sentAt).toBeGreaterThanOrEqual(60_000);
});

it('starts anew when it is declared again while it is being deleted', async () => {
  await using harness = await startDemo({ transitionSeconds: 10 });
  const [old] = harness.instances();

  await harness.apply(CLASS);
  await harness.look();
  await harness.apply(CLASS, workspace({ name: 'demo', tier: 3 }));
  await harness.look();
  const whileDeleting = harness.instances().map(({ id }) => id);
  await harness.settle();

  const [young, another] = harness.instances();
  expect(whileDeleting).toEqual([old?.id]);
  expect(another).toBeUndefined();
  expect(young?.marks).toMatchObject({ name: 'demo', attempt: 2 });
  expect(await harness.status('demo')).toMatchObject({ phase: 'Online', resolved: { tier: 3 } });
});

it('touches no instance that a person protects, and says why nothing moves', async () => {
  await using harness = await startDemo();
  const [instance] = harness.instances();
  harness.backend.provider.change(instance?.id ?? '', { isProtected: true });

  await harness.apply(CLASS);
  await harness.settle();

  expect(harness.instances()).toHaveLength(1);
  expect(await harness.condition('demo', 'Stalled')).toMatchObject({
    status: 'True',
    reason: 'TerminationProtected',
  });
});
