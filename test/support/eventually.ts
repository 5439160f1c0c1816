import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MILLISECONDS = 25;

/** What is waited for, and for how long at most. */
export interface Wait {
  /** Completes "waiting until ...". */
  readonly until: string;
  /** Far beyond what a busy machine needs. Default 30. */
  readonly seconds?: number;
}

/**
 * Looks again and again until `look` answers something; what it throws counts as "not yet". Throws after the deadline,
 * with what it last threw.
 */
export async function eventually<T>(
  { until, seconds = 30 }: Wait,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const giveUpAt = performance.now() + seconds * 1000;
  let last: unknown;
  do {
    try {
      const found = await look();
      if (found !== undefined) {
        return found;
      }
      last = undefined;
    } catch (error) {
      last = error;
    }
    await sleep(POLL_MILLISECONDS);
  } while (performance.now() < giveUpAt);
  throw new Error(`waiting until ${until}: not within ${seconds} s`, { cause: last });
}

/** The same, for a question that is answered by yes. */
export async function eventuallyTrue(
  wait: Wait,
  isTrue: () => boolean | Promise<boolean>,
): Promise<void> {
  await eventually(wait, async () => ((await isTrue()) ? true : undefined));
}
