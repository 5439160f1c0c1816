import { expect, it } from '@jest/globals';
import { playSequences } from './play-sequences.ts';

/** Ten times the sequences on a slow machine (`make soak`) take half an hour. */
const TIMEOUT_MS = 3_600_000;

it(
  'keeps every promise in random sequences of wishes, crashes, faults and time',
  async () => {
    const startedAt = performance.now();

    // One connection: the same sequence happens in the same order in every run.
    const tally = await playSequences({ share: 0.5, connections: 1, env: process.env });

    const seconds = Math.round((performance.now() - startedAt) / 1000);
    process.stdout.write(`properties: ${JSON.stringify(tally)} in ${seconds} s\n`);
    expect(tally.crashes).toBeGreaterThan(0);
    expect(tally.takeovers).toBeGreaterThan(0);
  },
  TIMEOUT_MS,
);
