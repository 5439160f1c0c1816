import { systemClock } from '../lib/clock.ts';
import { Ec2Backend } from '../backends/ec2/ec2-backend.ts';
import { applySet } from '../store/apply-set.ts';
import { inTransaction } from '../store/db.ts';
import { FakeEc2 } from '../test/fakes/ec2/fake-ec2.ts';
import { ec2Client } from '../test/fakes/ec2/client.ts';
import { cloudClass } from '../test/support/cloud-class.ts';
import { workspace } from '../test/support/manifests.ts';
import { TEST_KEY } from '../test/support/provisioning.ts';
import { naive, tagsOnly, type Baseline } from './support/ec2/baselines.ts';
import { launchBound } from './support/ec2/bounds.ts';
import { Traffic } from './support/ec2/traffic.ts';
import { printTable } from './support/numbers.ts';
import { INSTALLATION_ID, openBenchDatabase, startLeader } from './support/world.ts';

// From apply to the last accepted launch call, on the wall clock, beside what people write without tokens.
const SIZES = [42, 100];
const REGION = 'us-east-1';
const LOOK_MILLISECONDS = 5;
/** An account takes a moment to start an instance; nothing waits for it here. */
const ACCOUNT = { pendingSeconds: 8 };

const rows = [];
for (const count of SIZES) {
  rows.push(await measure('Treeline', count, launchWithTreeline));
  for (const baseline of [naive, tagsOnly]) {
    rows.push(await measure(baseline.name, count, (fake) => launchWith(baseline, fake, count)));
  }
}
printTable('instances launched on EC2, wall clock, alone in the account', rows);

async function measure(
  name: string,
  count: number,
  launch: (fake: FakeEc2, count: number) => Promise<number>,
) {
  await using fake = await FakeEc2.start(ACCOUNT);
  const seconds = await launch(fake, count);
  const { recorder } = fake;
  return {
    who: name,
    instances: count,
    seconds: seconds.toFixed(2),
    bound: launchBound(count).toFixed(1),
    'seconds ÷ bound': (seconds / launchBound(count)).toFixed(3),
    'RunInstances each': (recorder.count('RunInstances') / count).toFixed(3),
    describes: String(recorder.count('DescribeInstances')),
    throttled: String(recorder.count(undefined, 'RequestLimitExceeded')),
  };
}

async function launchWithTreeline(fake: FakeEc2, count: number): Promise<number> {
  await using database = await openBenchDatabase();
  const backend = new Ec2Backend({
    ...{ region: REGION, endpoint: fake.url, clock: systemClock, installationId: INSTALLATION_ID },
    credentials: { accessKeyId: 'treeline', secretAccessKey: 'secret' },
    bootstrapTokenOf: (launchToken) => TEST_KEY.bootstrapToken(launchToken),
  });
  await using running = await startLeader(database.db, backend, `ec2/${REGION}`);
  await running.converged();
  const workspaces = Array.from({ length: count }, (_, index) => workspace({ name: `w${index}` }));
  const startedMs = performance.now();
  await inTransaction(database.db, (tx) =>
    applySet(tx, {
      ...{ installationId: INSTALLATION_ID, applySet: 'cli', prune: 'none', dryRun: false },
      declarations: [cloudClass(), ...workspaces],
    }),
  );
  await running.leader.resync.once();
  while (fake.recorder.count('RunInstances', 'Success') < count) {
    await systemClock.sleep(LOOK_MILLISECONDS);
  }
  return (performance.now() - startedMs) / 1000;
}

async function launchWith(baseline: Baseline, fake: FakeEc2, count: number): Promise<number> {
  const client = ec2Client(fake.url);
  const uids = Array.from({ length: count }, (_, index) => `uid-${index}`);
  const startedMs = performance.now();
  await baseline.converge(uids, { client, clock: systemClock, traffic: new Traffic() });
  return (performance.now() - startedMs) / 1000;
}
