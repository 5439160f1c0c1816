import { expect, it } from '@jest/globals';
import { fetchBundle } from '../../support/boot-script.ts';
import { cloudClass } from '../../support/cloud-class.ts';
import { Ec2Harness } from '../../support/ec2-harness.ts';
import { workspace } from '../../support/manifests.ts';

const CLASS = cloudClass({ readiness: 'Registered' });

function demo(value: string) {
  return workspace({ name: 'demo', env: [{ name: 'TONE', value }] });
}

/** Its instance was launched as `warm`, and fetches its bundle while it is declared as `cold`. */
async function bootAsCold(harness: Ec2Harness): Promise<void> {
  await harness.apply(CLASS, demo('warm'));
  await harness.look();
  await harness.look();
  const [launch] = await harness.launches('demo');
  const { workspace_uid: workspaceUid = '', token = '' } = launch ?? {};

  await harness.apply(CLASS, demo('cold'));
  const bundle = await fetchBundle(harness.db, { marks: { workspaceUid, attempt: 1, token } });

  expect(launch).toMatchObject({ attempt: 1, state: 'launched' });
  expect(bundle?.env).toMatchObject({ TONE: 'cold' });
}

it('restarts what has fetched a declaration that was taken back since', async () => {
  await using harness = await Ec2Harness.start({ connections: 1 });
  await bootAsCold(harness);

  await harness.apply(CLASS, demo('warm'));
  await harness.advance(60);

  expect(await harness.activity('demo')).toContain('Restarted ConfigChanged');
});

it('does not restart for a change what has fetched it already', async () => {
  await using harness = await Ec2Harness.start({ connections: 1 });
  await bootAsCold(harness);

  await harness.advance(60);

  expect(await harness.activity('demo')).not.toContain('Stopped ConfigChanged');
  expect(harness.instances()).toMatchObject([{ state: 'running' }]);
});
