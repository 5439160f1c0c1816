import { expect } from '@jest/globals';
import type { FakeEc2 } from '../../fakes/ec2/fake-ec2.ts';
import type { InstanceSnapshot } from '../../fakes/ec2/snapshot.ts';
import type { Ec2Harness } from '../../support/ec2-harness.ts';
import { describeWorkspace, readRows, type Expected } from '../world.ts';

/** What was done to an instance, in order. */
export function eventsOf(fake: FakeEc2, instanceId: string): readonly string[] {
  return fake.history.filter((one) => one.instanceId === instanceId).map(({ event }) => event);
}

/** Ids that somebody asked EC2 to terminate. */
export function terminated(fake: FakeEc2): readonly string[] {
  return fake.history
    .filter(({ event }) => event === 'terminated')
    .map(({ instanceId }) => instanceId);
}

/** Names of the workspaces of ours that have a live instance, one for each of them, sorted. */
export function liveNames(harness: Ec2Harness): readonly string[] {
  return harness.instances().map(nameOf).sort();
}

function nameOf({ tags }: InstanceSnapshot): string {
  return tags['treeline.dev/name'] ?? '';
}

/**
 * The promises of design §2 for an account at rest: each workspace as it should be, with exactly one instance where it
 * should have one; never two of one, not for a moment; no instance and no volume left over; rows and statuses that say so.
 */
export async function expectAccount(
  harness: Ec2Harness,
  expected: Readonly<Record<string, Expected>>,
): Promise<void> {
  const { records, launches } = await readRows(harness);
  const live = harness.instances();
  const instances = live.map((one) => ({ state: one.state, marks: { name: nameOf(one) } }));
  const open = launches.filter(({ state }) => state !== 'closed');

  const found = Object.keys(expected).map((name) => [
    name,
    describeWorkspace(name, { records, instances }),
  ]);
  expect(Object.fromEntries(found)).toEqual(expected);
  expect(open.map(({ state, instance_id: id }) => [state, id]).sort()).toEqual(
    live.map(({ id }) => ['launched', id]).sort(),
  );
  expect(harness.fake.duplicatesEver).toEqual([]);
  const attached = harness.fake.volumes().map(({ instanceId }) => instanceId);
  const alive = harness.fake.instances().filter(({ state }) => state !== 'terminated');
  expect(attached.sort()).toEqual(alive.map(({ id }) => id).sort());
}
