import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { naiveLoop, tagsOnlyLoop } from '../../../bench/support/ec2/loops/loops.ts';
import { playSeedWith } from '../../../bench/support/ec2/loops/play-seed-with.ts';
import { Ec2Harness } from '../../support/ec2-harness.ts';
import { isKept } from './seeds/play.ts';
import { playSeed } from './seeds/play-seed.ts';

const { TREELINE_SEED } = process.env;
/** `make bench` plays ten times as many (bench/ec2-faults.ts). `TREELINE_SEED` plays one again. */
const SEEDS =
  TREELINE_SEED === undefined
    ? Array.from({ length: 100 }, (_, index) => index + 1)
    : [Number(TREELINE_SEED)];
/** A minute on a machine that has nothing else to do; a busy one is not a failure. */
const TIMEOUT_MS = 3_600_000;

let harness: Ec2Harness;

beforeAll(async () => {
  // One connection: the same story happens in the same order in every run.
  harness = await Ec2Harness.start({ connections: 1, logLevel: 'error' });
});

afterAll(() => harness[Symbol.asyncDispose]());

it(
  'keeps one instance of each workspace, whatever goes wrong in which order',
  async () => {
    const broken: unknown[] = [];

    for (const seed of SEEDS) {
      const { ending } = await playSeed(seed, harness);
      const again = `TREELINE_SEED=${seed} npm test -- test/integration/ec2/seeds.test.ts`;
      broken.push(...[{ again, ...ending }].filter((one) => !isKept(one)));
    }

    expect(broken).toEqual([]);
  },
  TIMEOUT_MS,
);

// What the judge says of others shows that it would say it of us.
describe('the same stories, played by who launches without tokens, show', () => {
  it('duplicates and leaks of who looks for each by its tag', async () => {
    const { duplicates, duplicatesEver, leaks } = await playSeedWith(naiveLoop, 72);

    expect(duplicates).toBeGreaterThan(0);
    expect(duplicatesEver).toBeGreaterThan(0);
    expect(leaks).toBeGreaterThan(0);
  });

  it.each([
    { what: 'duplicates on the way', seed: 1, count: 'duplicatesEver' },
    { what: 'wrong terminations', seed: 33, count: 'wrongTerminations' },
  ] as const)('$what of who lists by tags and collects afterwards', async ({ seed, count }) => {
    const ending = await playSeedWith(tagsOnlyLoop, seed);

    expect(ending[count]).toBeGreaterThan(0);
  });
});
