import { setTimeout } from 'node:timers/promises';

/** Real milliseconds: far beyond any healthy answer of the file system on a busy machine. */
const DEADLINE_MS = 10_000;

/** Waits in real time, looking every millisecond or so; rejects when `isTrue` stays false. */
export async function until(isTrue: () => boolean): Promise<void> {
  const endMs = performance.now() + DEADLINE_MS;
  while (!isTrue()) {
    if (performance.now() > endMs) {
      throw new Error(`waiting for: ${isTrue.toString()}`);
    }
    await setTimeout(1);
  }
}
