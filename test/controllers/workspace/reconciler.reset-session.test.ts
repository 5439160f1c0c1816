import { expect, it } from '@jest/globals';
import { inTransaction } from '../../../store/db.ts';
import { setRequests } from '../../../store/edit-workspace.ts';
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
