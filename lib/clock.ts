/** Time as a parameter: production passes `systemClock`, tests and the model pass their own. */
export interface Clock {
  now(): Date;
  /** Resolves after `milliseconds`, or early (without an error) when `signal` is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Calls `callback` once after `milliseconds`; the answer cancels it. Does not keep the process alive. */
  schedule(milliseconds: number, callback: () => void): () => void;
}

/** A clock that also measures durations: no step of the wall clock makes a wait longer or shorter. */
export interface MonotonicClock extends Clock {
  /** Milliseconds since some fixed moment of this process; never goes back. */
  monotonicMs(): number;
}

export const systemClock: MonotonicClock = {
  now: () => new Date(),

  monotonicMs: () => performance.now(),

  sleep(milliseconds, signal) {
    return new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      signal?.addEventListener('abort', done, { once: true });
    });
  },

  schedule(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
};
