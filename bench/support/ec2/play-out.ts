import { setImmediate } from 'node:timers/promises';
import type { VirtualClock } from '../../../test/support/virtual-clock.ts';

/** Something that waits for answers and for timers by turns. */
export interface Busy {
  /** Requests and statements that are on their way. */
  readonly underWay: number;
  /** Resolves when the next of them is answered. */
  nextAnswer(): Promise<unknown>;
}

export interface PlayOptions {
  readonly clock: VirtualClock;
  readonly busy: Busy;
  readonly isDone: () => boolean;
  /** Virtual seconds after which it is given up. */
  readonly longestSeconds: number;
  /** Told whenever time has moved. */
  readonly onTime?: () => Promise<void>;
}

/** Plays until `isDone`: answers take no time, and time moves from timer to timer. Throws when it does not come to an end. */
export async function playOut(options: PlayOptions): Promise<void> {
  const { clock, busy, isDone, longestSeconds, onTime } = options;
  const giveUpMs = clock.monotonicMs() + longestSeconds * 1000;
  while (!isDone()) {
    const answer = busy.nextAnswer();
    // A pass goes from one answer to its next request through some promises of its own.
    await setImmediate();
    await setImmediate();
    if (busy.underWay > 0) {
      await answer;
      continue;
    }
    if (isDone()) {
      return;
    }
    if (clock.monotonicMs() > giveUpMs || clock.nextDueInMs === Infinity) {
      throw new Error(`it did not come to an end within ${longestSeconds} virtual seconds`);
    }
    await clock.advance(clock.nextDueInMs);
    await onTime?.();
  }
}
