import fc from 'fast-check';
import type { SavedWorld } from '../support/saved-world.ts';
import { arrangeStart, play, type Tally } from './player.ts';
import { Stage } from './stage.ts';
import { sequencesOf, type Sequence } from './step.ts';

/** Sequences of `make test`, over all test files; `make soak` plays ten times as many. */
const SEQUENCES = 2_000;
const SOAK_FACTOR = 10;

/** Of `make test`: a commit that fails is at fault itself. `make soak` plays others each time. */
const SEED = 1;

/** Harnesses at once: while one waits for PostgreSQL, the other computes. */
const LANES = 2;

export interface PlayOptions {
  /** Whether agents register: those of workloads that only run have fewer ways to go wrong. */
  readonly readiness: Sequence['readiness'];
  /** Of all sequences. */
  readonly share: number;
  /** Of each harness to PostgreSQL. */
  readonly connections: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Plays a share of all sequences. A failure prints seed and path; `TREELINE_SEED` and `TREELINE_PATH` repeat it.
 */
export async function playSequences(options: PlayOptions): Promise<Tally> {
  const { share, env } = options;
  const isSoak = env['TREELINE_SOAK'] === '1';
  const factor = isSoak ? SOAK_FACTOR : 1;
  const seed = Number(env['TREELINE_SEED'] ?? (isSoak ? Date.now() % 1_000_000_000 : SEED));
  const path = env['TREELINE_PATH'];
  const perLane = Math.ceil((SEQUENCES * share * factor) / LANES);
  const lanes = path === undefined ? LANES : 1;
  const tally: Tally = { sequences: 0, steps: 0, crashes: 0, takeovers: 0, calls: 0 };
  await Promise.all(
    Array.from({ length: lanes }, (_, lane) =>
      playLane(options, tally, {
        seed: path === undefined ? seed + lane : seed,
        numRuns: perLane,
        ...(path !== undefined && { path }),
      }),
    ),
  );
  return tally;
}

async function playLane(
  { connections, readiness }: PlayOptions,
  tally: Tally,
  parameters: { readonly seed: number; readonly numRuns: number; readonly path?: string },
): Promise<void> {
  await using stage = await Stage.open({ connections, logLevel: 'error' });
  const worlds = new Map<string, SavedWorld>();
  const worldOf = async ({ provider, start }: Sequence): Promise<SavedWorld> => {
    const key = JSON.stringify({ provider, start });
    const world = worlds.get(key) ?? (await arrangeStart(stage, { provider, readiness, start }));
    worlds.set(key, world);
    return world;
  };
  await fc.assert(
    fc.asyncProperty(sequencesOf(readiness), async (sequence) => {
      await play(stage, { sequence, world: await worldOf(sequence) }, tally);
    }),
    parameters,
  );
}
