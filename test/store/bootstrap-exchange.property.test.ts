import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sql } from 'kysely';
import { hasCredentials } from '../../store/agent-credentials.ts';
import { LAUNCHED, follow, type TokenStep, type Tokens } from './bootstrap-model.ts';
import { arm, attempt, exchange, isArmed, isGood, use, useArmedAda } from './bootstrap-tokens.ts';
import { db } from './words.ts';

useArmedAda();

describe('whatever happens in whatever order', () => {
  const anyStep: fc.Arbitrary<TokenStep> = fc.oneof(
    fc.constant({ kind: 'start' } as const),
    fc.constant({ kind: 'fetch' } as const),
    fc.record({ kind: fc.constant('speak' as const), index: fc.nat({ max: 4 }) }),
  );

  /** Whether it was granted. */
  async function take(step: TokenStep, { count }: Tokens): Promise<boolean> {
    switch (step.kind) {
      case 'start':
        await arm();
        return true;
      case 'fetch':
        return await exchange(`token-${count}`);
      case 'speak':
        return (await use(`token-${step.index}`)) === 'ok';
    }
  }

  it('a token is good until another is used, and the bootstrap token until any is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 10 }), async (steps) => {
        await sql`truncate credentials`.execute(db);
        await arm();
        let tokens = LAUNCHED;
        for (const step of steps) {
          const isGranted = await take(step, tokens);
          const expected = follow(tokens, step);
          expect(isGranted).toBe(expected.isGranted);
          ({ tokens } = expected);
        }

        const all = Array.from({ length: tokens.count }, (_, index) => index);
        const good = await Promise.all(all.map((index) => isGood(`token-${index}`)));
        expect(all.filter((index) => good[index])).toEqual(tokens.good);
        expect(await isArmed()).toBe(tokens.isArmed);
        expect(await hasCredentials(db, attempt())).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});
