import { expect, it } from '@jest/globals';
import { playSequences, type PlayOptions } from './play-sequences.ts';

/** Ten times the sequences on a slow machine (`make soak`) take half an hour. */
const TIMEOUT_MS = 3_600_000;

/** Registers the test that plays random sequences; several files share them among the workers. */
export function testSequences(title: string, options: Omit<PlayOptions, 'env'>): void {
  it(
    title,
    async () => {
      const startedAt = performance.now();

      const tally = await playSequences({ ...options, env: process.env });

      const seconds = Math.round((performance.now() - startedAt) / 1000);
      process.stdout.write(`${title}: ${JSON.stringify(tally)} in ${seconds} s\n`);
      expect(tally.crashes).toBeGreaterThan(0);
      expect(tally.takeovers).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );
}
