import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkspaceSpec } from '../../../api/workspace.ts';
import { DEFAULT_CATALOGUE } from '../../fakes/ec2/model/catalogue.ts';
import { cloudClass } from '../../support/cloud-class.ts';
import { Ec2Harness } from '../../support/ec2-harness.ts';
import { workspace } from '../../support/manifests.ts';
import type { Expected } from '../world.ts';
import { eventsOf, expectAccount } from './account.ts';
import { plantForeign } from './by-hand.ts';
import { TROUBLES, type TroubledCall } from './troubles.ts';

type Wish = Partial<WorkspaceSpec> | 'deleted';

/** What brings a call of EC2 about. */
interface Story extends TroubledCall {
  /** What is wished, one after the other, until the call is to come. */
  readonly before: readonly Wish[];
  /** What brings it about. */
  readonly wish: Wish;
  readonly expected: Expected;
}

const PAUSED = { desiredState: 'Paused' } as const;

const [ssmParameter = ''] = Object.keys(DEFAULT_CATALOGUE.ssmParameters);
const CLASS = cloudClass({ ec2: { image: { ssmParameter } } });

/** What a class means is asked for before its first launch. */
const RESOLVING = ['GetParameter', 'DescribeImages', 'DescribeSubnets', 'DescribeInstanceTypes'];

const STORIES: readonly Story[] = [
  ...RESOLVING.map((action) => ({
    ...{ action, before: [], wish: {}, refusal: 'UnauthorizedOperation' },
    expected: 'running' as const,
  })),
  {
    action: 'RunInstances',
    before: [],
    wish: {},
    refusal: 'InsufficientInstanceCapacity',
    expected: 'running',
  },
  {
    action: 'DescribeInstances',
    before: [],
    wish: {},
    refusal: 'UnauthorizedOperation',
    expected: 'running',
  },
  {
    action: 'StartInstances',
    before: [{}, PAUSED],
    wish: {},
    refusal: 'InsufficientInstanceCapacity',
    expected: 'running',
  },
  {
    action: 'StopInstances',
    before: [{}],
    wish: PAUSED,
    refusal: 'IncorrectInstanceState',
    expected: 'paused',
  },
  {
    action: 'TerminateInstances',
    before: [{}],
    wish: 'deleted',
    refusal: 'UnauthorizedOperation',
    expected: 'absent',
  },
];

const CASES = STORIES.flatMap((story) =>
  TROUBLES.map((trouble) => ({ story, trouble, name: `${story.action} ${trouble.name}` })),
);

async function declare(harness: Ec2Harness, wish: Wish): Promise<void> {
  const declared = wish === 'deleted' ? [] : [workspace({ name: 'subject', ...wish })];
  await harness.apply(CLASS, ...declared);
}

describe('one instance, and nothing left over, when a call', () => {
  let harness: Ec2Harness;

  beforeAll(async () => {
    harness = await Ec2Harness.start({ connections: 1, logLevel: 'info' });
  });

  afterAll(() => harness[Symbol.asyncDispose]());

  it.each(CASES)('$name', async ({ story, trouble }) => {
    await harness.reset();
    const foreign = await plantForeign(harness.fake);
    for (const wish of story.before) {
      await declare(harness, wish);
      await harness.settle();
    }
    const calls = harness.fake.recorder.count(story.action);

    trouble.begin(harness, story);
    await declare(harness, story.wish);
    await harness.look();
    await harness.look();
    await trouble.end?.(harness);
    const isAtRest = await harness.settle();

    expect(isAtRest).toBe(true);
    expect(harness.fake.recorder.count(story.action)).toBeGreaterThan(calls);
    expect(harness.fake.faults.pending()).toEqual([]);
    await expectAccount(harness, { subject: story.expected });
    expect(eventsOf(harness.fake, foreign)).toEqual(['launched']);
  });
});
