import { launchBound, terminateBound } from './support/ec2/bounds.ts';
import { VirtualFleet } from './support/ec2/virtual-fleet.ts';
import { printTable } from './support/numbers.ts';

// A fleet from its first launch to its last termination, on virtual time: controller, PostgreSQL and the wire are real.
const COUNT = Number(process.argv[2] ?? 5_000);
const STEADY_SECONDS = 600;
/** Longer than any of it may take. */
const LONGEST_SECONDS = 10_000;

await using fleet = await VirtualFleet.start();
const { recorder } = fleet.fake;

const appliedAt = fleet.seconds;
await fleet.declare(COUNT);
await fleet.playUntil(() => fleet.live === COUNT, LONGEST_SECONDS);
const launchSeconds = fleet.seconds - appliedAt;
const launches = { ...counts(), lists: recorder.count('DescribeInstances') };

await fleet.play(120);
recorder.clear();
await fleet.play(STEADY_SECONDS);
const steady = counts();

recorder.clear();
const deletedAt = fleet.seconds;
await fleet.declare(0);
await fleet.playUntil(() => fleet.live === 0, LONGEST_SECONDS);
const terminateSeconds = fleet.seconds - deletedAt;

printTable(`${COUNT} workspaces on EC2, virtual time`, [
  row('all launched ÷ bound', launchSeconds / launchBound(COUNT), '≤ 1.05'),
  row('all launched s', launchSeconds, `bound ${launchBound(COUNT)}`),
  row('RunInstances a workspace', recorderRatio(launches.run), '≤ 1.05'),
  row('pages of lists meanwhile', launches.lists, '-'),
  row('throttled', launches.throttled, '0'),
  row('calls a minute, steady', (steady.all / STEADY_SECONDS) * 60, '10'),
  row('all terminated s', terminateSeconds, `bound ${terminateBound(COUNT)}`),
  row('all terminated ÷ bound', terminateSeconds / terminateBound(COUNT), '≤ 1.05'),
  row('TerminateInstances calls', recorder.count('TerminateInstances'), '≤ 12'),
  row('launched twice, ever', fleet.fake.duplicatesEver.length, '0'),
]);

function counts() {
  return {
    all: recorder.count(),
    run: recorder.count('RunInstances'),
    throttled: recorder.count(undefined, 'RequestLimitExceeded'),
  };
}

function recorderRatio(calls: number): number {
  return calls / COUNT;
}

function row(measure: string, value: number, target: string) {
  const text = Number.isFinite(value) ? value.toFixed(value < 10 ? 3 : 1) : '-';
  return { measure, value: text, target };
}
