import { describe, expect, it } from '@jest/globals';
import { PacedAccount } from './paced-account.ts';

/** The bound of ec2.md: what the request bucket of RunInstances lets through, called one by one. */
const launchBound = (count: number): number => (count - 5) / 2;
/** The same of the instances that may be terminated. */
const terminateBound = (count: number): number => (count - 1000) / 20;

describe('alone in the account', () => {
  it.each([
    { count: 42, seed: 1 },
    { count: 42, seed: 2 },
    { count: 42, seed: 3 },
    { count: 100, seed: 4 },
    { count: 1000, seed: 5 },
    { count: 5000, seed: 6 },
  ])('launches $count within 5 % of the bound, never refused (seed $seed)', async (run) => {
    const account = new PacedAccount(run);

    await account.launch(run.count);

    expect(account).toMatchObject({ calls: run.count, throttles: 0 });
    expect(account.acceptedSeconds / launchBound(run.count)).toBeLessThanOrEqual(1.05);
  });

  it('terminates 5000 in 12 calls at most within 5 % of the bound, never refused', async () => {
    const account = new PacedAccount({ seed: 7 });

    await account.terminate(5000);

    expect(account.throttles).toBe(0);
    expect(account.calls).toBeLessThanOrEqual(12);
    expect(account.acceptedSeconds / terminateBound(5000)).toBeLessThanOrEqual(1.05);
  });
});

describe('beside a neighbour who takes half of every bucket', () => {
  it.each([11, 12, 13, 14, 15])(
    'is refused in 2 % of the calls at most while it launches 1000 (seed %d)',
    async (seed) => {
      const account = new PacedAccount({ seed, neighbourShare: 0.5 });

      await account.launch(1000);

      expect(account.throttles / account.calls).toBeLessThanOrEqual(0.02);
    },
  );

  it('terminates 5000 in few calls all the same', async () => {
    const account = new PacedAccount({ seed: 16, neighbourShare: 0.5 });

    await account.terminate(5000);

    expect(account.calls).toBeLessThanOrEqual(30);
  });
});
