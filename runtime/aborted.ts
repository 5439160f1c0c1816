/** Resolves when `signal` is aborted; at once if it already is. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = (): void => {
      resolve();
    };
    signal.addEventListener('abort', done, { once: true });
  });
}
