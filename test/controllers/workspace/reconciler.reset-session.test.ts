import { expect, it } from '@jest/globals';
import { inTransaction } from '../../../store/db.ts';
import { setRequests } from '../../../store/edit-workspace.ts';
import { throttled } from '../../fakes/faults.ts';
import { Harness } from '../../support/harness.ts';
import { processClass, workspace } from '../../support/manifests.ts';

async function startAda(): Promise<Harness> {
  const harness = await Harness.start();
  await harness.apply(processClass(), workspace({ name: 'ada' }));
  await harness.settle();
  return harness;
}

async function request(harness: Harness, at: string, isReset = true): Promise<void> {
  const { uid } = await harness.db
    .selectFrom('workspaces')
    .select('uid')
    .where('name', '=', 'ada')
    .executeTakeFirstOrThrow();
  const requests = { restartRequestedAt: at, ...(isReset && { resetSessionAt: at }) };
  await inTransaction(harness.db, (tx) => setRequests(tx, uid, requests));
}

function changes(harness: Harness): readonly string[] {
  return harness.backend.calls
    .map(({ method }) => method)
    .filter((method) => ['launch', 'stop', 'removeState', 'start'].includes(method));
}

it('empties the state between stop and start, once', async () => {
  await using harness = await startAda();

  await request(harness, 'first');
  await harness.settle();
  await request(harness, 'second', false);
  await harness.settle();

  expect(changes(harness)).toEqual(['launch', 'stop', 'removeState', 'start', 'stop', 'start']);
  expect(await harness.activity('ada')).toContain('SessionReset Requested');
});

it('empties it again for another request', async () => {
  await using harness = await startAda();

  await request(harness, 'first');
  await harness.settle();
  await request(harness, 'second');
  await harness.settle();

  expect(changes(harness).filter((method) => method === 'removeState')).toHaveLength(2);
  expect(harness.instances()).toHaveLength(1);
});

it('does it once, also when the instance is lost before', async () => {
  await using harness = await startAda();
  const [instance] = harness.instances();

  harness.backend.provider.remove(instance?.id ?? '');
  await request(harness, 'first');
  await harness.settle();
  await request(harness, 'second', false);
  await harness.settle();

  expect(changes(harness)).toEqual(['launch', 'removeState', 'launch', 'stop', 'start']);
});

it('keeps the state of one that waits for its quota until it is its turn', async () => {
  await using harness = await Harness.start();
  const team = [workspace({ name: 'first' }), workspace({ name: 'ada' })];
  await harness.apply(processClass(), ...team);
  await harness.settle();
  const ada = harness.instances().find(({ marks }) => marks.name === 'ada');

  harness.backend.provider.remove(ada?.id ?? '');
  await harness.apply(processClass({ quota: { maxWorkspaces: 1 } }), ...team);
  await request(harness, 'first');
  await harness.advance(60);
  await harness.look();
  const waiting = await harness.condition('ada', 'Accepted');
  const whileWaiting = changes(harness);
  await harness.apply(processClass({ quota: { maxWorkspaces: 2 } }), ...team);
  await harness.settle();

  expect(waiting).toMatchObject({ status: 'False', reason: 'QuotaExceeded' });
  expect(whileWaiting).toEqual(['launch', 'launch']);
  expect(changes(harness)).toEqual(['launch', 'launch', 'removeState', 'launch']);
});

it('does it before the first call of a launch, and not again for the calls that repeat it', async () => {
  await using harness = await startAda();
  const [instance] = harness.instances();

  harness.backend.provider.remove(instance?.id ?? '');
  harness.backend.failNext('launch', throttled());
  await request(harness, 'first');
  await harness.settle();

  expect(changes(harness)).toEqual(['launch', 'removeState', 'launch', 'launch']);
});
