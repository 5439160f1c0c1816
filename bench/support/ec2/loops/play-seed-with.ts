import { play, type Ending } from '../../../../test/integration/ec2/seeds/play.ts';
import { storyOf } from '../../../../test/integration/ec2/seeds/story.ts';
import { LoopingController } from './looping-controller.ts';
import type { Loop } from './loops.ts';

/** Plays the story of a seed with a loop, in an account of its own. */
export async function playSeedWith(loop: Loop, seed: number): Promise<Ending> {
  await using controller = await LoopingController.start(loop, seed);
  return await play(storyOf(seed), controller);
}
