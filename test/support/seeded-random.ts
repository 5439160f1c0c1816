import { randomInt } from 'node:crypto';

/** Random numbers that a failed run can be repeated with. */
export interface SeededRandom {
  readonly seed: number;
  /** From 0 (inclusive) to `limit` (exclusive). */
  below(limit: number): number;
  /** One of these. Throws `RangeError` when there are none. */
  pick<T>(choices: readonly T[]): T;
}

/** The same numbers for the same seed. */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed;
  const below = (limit: number): number => {
    // The 32-bit step of the mulberry32 generator.
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
  return {
    seed,
    below,
    pick<T>(choices: readonly T[]): T {
      if (choices.length === 0) {
        throw new RangeError('picking one of none');
      }
      return choices[below(choices.length)] as T;
    },
  };
}

/** Repeats the run of `TREELINE_SEED`, or begins one of its own. */
function chooseSeed(): number {
  const given = Number(process.env['TREELINE_SEED'] ?? NaN);
  return Number.isInteger(given) ? given : randomInt(2 ** 31);
}

/** Runs `work`; whatever it throws says with which seed. */
export async function withSeed<T>(work: (random: SeededRandom) => Promise<T>): Promise<T> {
  const random = createSeededRandom(chooseSeed());
  try {
    return await work(random);
  } catch (cause) {
    throw new Error(`repeat it with TREELINE_SEED=${random.seed}: ${String(cause)}`, { cause });
  }
}
