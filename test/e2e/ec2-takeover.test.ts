import { expect, it } from '@jest/globals';
import { FakeEc2 } from '../fakes/ec2/fake-ec2.ts';
import { DEFAULT_CATALOGUE } from '../fakes/ec2/model/catalogue.ts';
import { sample, toYaml } from '../support/agent-manifests.ts';
import { cloudClass } from '../support/cloud-class.ts';
import { Installation } from '../support/installation.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { leaseOf } from '../support/short-lease.ts';

/** Longer than a busy machine holds up a renewal. */
const LEASE_SECONDS = 3;
const { name, spec } = cloudClass();
const CLASS = {
  apiVersion: 'treeline.dev/v1alpha1',
  kind: 'WorkspaceClass',
  metadata: { name },
  spec,
};

it('launches one instance when the leader is stopped with its launch on the way and another one takes over', async () => {
  await using fake = await FakeEc2.start({ pendingSeconds: 1 });
  await using database = await createTestDatabase();
  await using installation = await Installation.create({
    databaseUrl: database.connectionString,
    env: { AWS_ACCESS_KEY_ID: 'treeline', AWS_SECRET_ACCESS_KEY: 'secret' },
    flags: [
      ...leaseOf(LEASE_SECONDS),
      ...['--ec2-regions', DEFAULT_CATALOGUE.region, '--ec2-endpoint', fake.url],
      ...['--ec2-list-seconds', '3'],
    ],
  });
  const call = fake.faults.hold('RunInstances', 'before');
  await installation.write('team.yaml', toYaml(CLASS, sample('ada')));
  const first = await installation.follow();
  await call.arrived;

  first.signal('SIGSTOP');
  const second = await installation.follow();
  await second.logged('started leading');
  await installation.settle({ ada: 'Online' }, 60);
  call.release();
  first.signal('SIGCONT');
  const end = await first.ended();

  expect(end).toEqual({ code: 1, signal: null });
  expect(fake.recorder.count('RunInstances')).toBe(2);
  expect(fake.instances()).toHaveLength(1);
  expect(fake.instances()).toMatchObject([{ state: 'running' }]);
}, 120_000);
