import type { Clock } from '../../lib/clock.ts';
import type { ResolveHost } from './agent-url.ts';

/** Looking up a host occupies one of the four threads that Node has for files and names. */
const MAX_LOOKUPS = 2;
/** Name servers answer within a second or not at all; the agent itself waits for 10 (lessons.md, 2.3). */
const TIMEOUT_MILLISECONDS = 3_000;

/**
 * `lookup` with a limit of time and of look-ups at once, so that agents with slow names hold up themselves alone.
 * Rejects when the time is over, also while waiting for its turn.
 */
export function limitLookups(lookup: ResolveHost, clock: Clock): ResolveHost {
  const waiting = new Set<() => void>();
  let running = 0;

  async function enter(signal: AbortSignal): Promise<void> {
    while (running >= MAX_LOOKUPS && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          waiting.delete(wake);
          resolve();
        };
        waiting.add(wake);
        signal.addEventListener('abort', wake);
      });
    }
    if (signal.aborted) {
      wakeNext(); // It may have been woken for a turn that it does not take.
    }
    signal.throwIfAborted();
    running += 1;
  }

  function wakeNext(): void {
    const [wake] = waiting;
    wake?.();
  }

  async function look(host: string, signal: AbortSignal): Promise<readonly string[]> {
    await enter(signal);
    try {
      return await lookup(host);
    } finally {
      running -= 1;
      wakeNext();
    }
  }

  return async (host) => {
    const time = new AbortController();
    const cancel = clock.schedule(TIMEOUT_MILLISECONDS, () => {
      time.abort(new Error(`resolving a host name: no answer in ${TIMEOUT_MILLISECONDS} ms`));
    });
    try {
      return await Promise.race([look(host, time.signal), untilAborted(time.signal)]);
    } finally {
      cancel();
    }
  };
}

async function untilAborted(signal: AbortSignal): Promise<never> {
  return await new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });
}
