import { setTimeout as sleep } from 'node:timers/promises';

const DEADLINE_MILLISECONDS = 20_000;
const POLL_MILLISECONDS = 5;

/** Asks again until there is an answer; throws when there is none after 20 s. */
export async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  const giveUpAt = Date.now() + DEADLINE_MILLISECONDS;
  while (Date.now() < giveUpAt) {
    const answer = await ask();
    if (answer !== undefined) {
      return answer;
    }
    await sleep(POLL_MILLISECONDS);
  }
  throw new Error(`no answer after ${DEADLINE_MILLISECONDS} ms`);
}
