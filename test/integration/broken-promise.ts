/** A promise of design §2 that was broken, with what was seen. */
export class BrokenPromiseError extends Error {
  constructor(promise: string, seen: unknown) {
    super(`${promise}: ${JSON.stringify(seen, undefined, 1)}`);
    this.name = 'BrokenPromiseError';
  }
}

/** Throws `BrokenPromiseError`. */
export function assertPromise(holds: boolean, promise: string, seen: unknown): asserts holds {
  if (!holds) {
    throw new BrokenPromiseError(promise, seen);
  }
}
