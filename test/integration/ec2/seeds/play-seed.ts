import type { Ec2Harness } from '../../../support/ec2-harness.ts';
import { play, type Ending } from './play.ts';
import { storyOf } from './story.ts';
import { Treeline, type Tally } from './treeline.ts';

/** Plays the story of a seed with Treeline, in an empty account. */
export async function playSeed(
  seed: number,
  harness: Ec2Harness,
): Promise<{ readonly ending: Ending; readonly tally: Tally }> {
  await harness.reset({ seed });
  const treeline = new Treeline(harness);
  const ending = await play(storyOf(seed), treeline).catch((cause: unknown) => {
    throw new Error(`repeat it with TREELINE_SEED=${seed}: ${String(cause)}`, { cause });
  });
  return { ending, tally: treeline.tally };
}
