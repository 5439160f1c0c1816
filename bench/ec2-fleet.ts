import { naive, tagsOnly } from './support/ec2/baselines.ts';
import { toRows, type FleetResult } from './support/ec2/fleet-result.ts';
import { measureFleet } from './support/ec2/measure-fleet.ts';
import { VirtualBaseline } from './support/ec2/virtual-baseline.ts';
import { VirtualFleet } from './support/ec2/virtual-fleet.ts';
import { printTable } from './support/numbers.ts';

// Fleets from their first launch to their last termination, beside what people write without tokens, on virtual time;
// controller, PostgreSQL and the wire are real. `node bench/ec2-fleet.ts [COUNT [NEIGHBOUR_SHARE]]` measures one of them.
const [count, neighbourShare = '0'] = process.argv.slice(2);
const ALL = [
  { count: 100, neighbourShare: 0 },
  { count: 1_000, neighbourShare: 0 },
  { count: 1_000, neighbourShare: 0.5 },
  { count: 5_000, neighbourShare: 0 },
];
const sizes =
  count === undefined ? ALL : [{ count: Number(count), neighbourShare: Number(neighbourShare) }];

for (const size of sizes) {
  const results: FleetResult[] = [await measureTreeline(size)];
  for (const baseline of [naive, tagsOnly]) {
    await using fleet = await VirtualBaseline.start(baseline, size.neighbourShare);
    results.push(await measureFleet(fleet, size));
  }
  printTable(
    `${size.count} workspaces on EC2, a neighbour takes ${size.neighbourShare * 100} % of every bucket, virtual time`,
    toRows(results),
  );
}

async function measureTreeline(size: (typeof ALL)[number]): Promise<FleetResult> {
  await using fleet = await VirtualFleet.start(size.neighbourShare);
  return await measureFleet(fleet, size);
}
