import type { Instance } from '@aws-sdk/client-ec2';
import { nameOf, type PlainEc2 } from './plain-ec2.ts';

/** What a loop works for: stored, so that it outlives a crash. */
export interface Work {
  /** Whether it is paused, by name. */
  readonly wanted: ReadonlyMap<string, boolean>;
  /** To be deleted; those that are gone are taken out. */
  readonly deleting: Set<string>;
}

/** One pass of a controller as people write it. What goes wrong ends the pass, or its part; the next one begins anew. */
export interface Loop {
  readonly name: string;
  pass(work: Work, ec2: PlainEc2): Promise<void>;
}

/** Looks for each workspace by its tag, launches what it does not find, and forgets what it does not find. */
export const naiveLoop: Loop = {
  name: 'naive',
  async pass({ wanted, deleting }, ec2) {
    for (const [name, isPaused] of wanted) {
      await orNextTime(async () => {
        await have(name, isPaused, (await ec2.list(name))[0], ec2);
      });
    }
    for (const name of deleting) {
      await orNextTime(async () => {
        const found = await ec2.list(name);
        await ec2.terminate(found);
        if (found.length === 0) {
          deleting.delete(name);
        }
      });
    }
  },
};

/** Lists everything by its tags, launches what is missing, lists again, and terminates doubles and what is not wanted. */
export const tagsOnlyLoop: Loop = {
  name: 'tags-only',
  async pass({ wanted }, ec2) {
    await orNextTime(async () => {
      const found = new Map((await ec2.list()).map((one) => [nameOf(one), one]));
      for (const [name, isPaused] of wanted) {
        await orNextTime(() => have(name, isPaused, found.get(name), ec2));
      }
      await ec2.terminate(surplusOf(await ec2.list(), wanted));
    });
  },
};

async function have(
  name: string,
  isPaused: boolean,
  found: Instance | undefined,
  ec2: PlainEc2,
): Promise<void> {
  if (found !== undefined) {
    await ec2.bring(found, isPaused);
  } else if (!isPaused) {
    await ec2.launch(name);
  }
}

function surplusOf(found: readonly Instance[], wanted: Work['wanted']): readonly Instance[] {
  const kept = new Set<string>();
  return found.filter((one) => {
    const isWanted = wanted.has(nameOf(one)) && !kept.has(nameOf(one));
    kept.add(nameOf(one));
    return !isWanted;
  });
}

async function orNextTime(work: () => Promise<void>): Promise<void> {
  // Whatever it was: such loops log it and go on.
  await work().catch(() => undefined);
}
