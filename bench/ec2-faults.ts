import { isKept, type Ending } from '../test/integration/ec2/seeds/play.ts';
import { playSeed } from '../test/integration/ec2/seeds/play-seed.ts';
import { Ec2Harness } from '../test/support/ec2-harness.ts';
import setUp from '../test/support/global-setup.ts';
import tearDown from '../test/support/global-teardown.ts';
import { naiveLoop, tagsOnlyLoop } from './support/ec2/loops/loops.ts';
import { playSeedWith } from './support/ec2/loops/play-seed-with.ts';
import { printTable } from './support/numbers.ts';

// One story of faults, crashes, takeovers and wishes for each seed, on virtual time, played by Treeline and by what people
// write without tokens: what is wrong when everything has come to rest, and what went wrong on the way.
const SEEDS = Number(process.argv[2] ?? 1_000);
const FIRST_SEED = Number(process.argv[3] ?? 1);
const seeds = Array.from({ length: SEEDS }, (_, index) => FIRST_SEED + index);

await setUp();
const harness = await Ec2Harness.start({ connections: 1, logLevel: 'error' });
const treeline: Ending[] = [];
let crashes = 0;
let takeovers = 0;
for (const seed of seeds) {
  const { ending, tally } = await playSeed(seed, harness);
  treeline.push(ending);
  crashes += tally.crashes;
  takeovers += tally.takeovers;
  if (!isKept(ending)) {
    process.stdout.write(`Treeline, seed ${seed}: ${JSON.stringify(ending)}\n`);
  }
}
await harness[Symbol.asyncDispose]();
await tearDown();

const rows = [row('Treeline', treeline)];
for (const loop of [naiveLoop, tagsOnlyLoop]) {
  const endings = [];
  for (const seed of seeds) {
    endings.push(await playSeedWith(loop, seed));
  }
  rows.push(row(loop.name, endings));
}
printTable(
  `${SEEDS} stories of faults on EC2, virtual time; Treeline died ${crashes} times and was taken over ${takeovers} times`,
  rows,
);

function row(who: string, endings: readonly Ending[]) {
  const sum = (count: (ending: Ending) => number): string =>
    String(endings.reduce((total, ending) => total + count(ending), 0));
  return {
    who,
    'seeds kept': sum((ending) => Number(isKept(ending))),
    'duplicates on the way': sum(({ duplicatesEver }) => duplicatesEver),
    'in the end': sum(({ duplicates }) => duplicates),
    leaks: sum(({ leaks }) => leaks),
    missing: sum(({ missing }) => missing),
    'wrong terminations': sum(({ wrongTerminations }) => wrongTerminations),
    restless: sum(({ isAtRest }) => Number(!isAtRest)),
  };
}
