import type { Clock } from '../lib/clock.ts';

export interface Deadline {
  readonly clock: Clock;
  readonly seconds: number;
  /** Ends the wait early, as the deadline does. */
  readonly signal?: AbortSignal;
}

/**
 * What `work` gives, or undefined when it takes longer than `seconds` or `signal` is aborted first. The work itself
 * goes on: it must not reject after that.
 */
export async function withDeadline<T>(
  work: Promise<T>,
  { clock, seconds, signal }: Deadline,
): Promise<T | undefined> {
  const over = new AbortController();
  const giveUp = (): void => {
    over.abort();
  };
  signal?.addEventListener('abort', giveUp, { once: true });
  if (signal?.aborted === true) {
    giveUp();
  }
  try {
    const deadline = clock.sleep(seconds * 1000, over.signal).then(() => undefined);
    return await Promise.race([work, deadline]);
  } finally {
    signal?.removeEventListener('abort', giveUp);
    over.abort();
  }
}
