import { expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { throttled } from '../../fakes/ec2/faults.ts';
import { cloudClass } from '../../support/cloud-class.ts';
import { Ec2Harness } from '../../support/ec2-harness.ts';
import { workspace } from '../../support/manifests.ts';

const CLASS = cloudClass();
const NAMES = ['ada', 'ben', 'cleo', 'dora', 'eve', 'fay', 'gus', 'hal'];

async function failures({ db }: Ec2Harness): Promise<readonly unknown[]> {
  const { rows } = await sql<{ failures: unknown }>`
    select failures from workspaces where failures is not null`.execute(db);
  return rows;
}

it("counts a throttle as nobody's failure, and goes on where it was", async () => {
  await using harness = await Ec2Harness.start({ logLevel: 'info' });
  const { faults } = harness.fake;
  const running = NAMES.map((name) => workspace({ name }));
  const paused = NAMES.map((name) => workspace({ name, desiredState: 'Paused' }));
  const seen: unknown[] = [];

  for (const [action, wishes] of [
    ['RunInstances', running],
    ['StopInstances', paused],
    ['StartInstances', running],
    ['TerminateInstances', []],
  ] as const) {
    faults.next(action, throttled());
    await harness.apply(CLASS, ...wishes);
    await harness.advance(10);
    seen.push(...(await failures(harness)));
    await harness.settle();
    seen.push(...(await failures(harness)));
  }

  expect(seen).toEqual([]);
  expect(faults.pending()).toEqual([]);
  const counts = harness.fake.recorder.counts();
  expect(counts).toMatchObject({
    RunInstances: { Success: NAMES.length, RequestLimitExceeded: 1 },
    StopInstances: { Success: NAMES.length, RequestLimitExceeded: 1 },
    StartInstances: { Success: NAMES.length, RequestLimitExceeded: 1 },
    TerminateInstances: { RequestLimitExceeded: 1 },
  });
  expect(harness.instances()).toEqual([]);
});
