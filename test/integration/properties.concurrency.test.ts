import { expect, it } from '@jest/globals';
import { playSequences } from './play-sequences.ts';

/** Ten times the sequences on a slow machine (`make soak`) take half an hour. */
const TIMEOUT_MS = 3_600_000;

it(
  'keeps every promise where passes also meet in PostgreSQL',
  async () => {
    const startedAt = performance.now();

    // Several connections: transactions wait for each other, in another order in each run.
    const tally = await playSequences({ share: 0.5, connections: 4, env: process.env });

    const seconds = Math.round((performance.now() - startedAt) / 1000);
    process.stdout.write(`properties, concurrent: ${JSON.stringify(tally)} in ${seconds} s\n`);
    expect(tally.crashes).toBeGreaterThan(0);
    expect(tally.takeovers).toBeGreaterThan(0);
  },
  TIMEOUT_MS,
);
