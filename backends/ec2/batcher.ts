import type { Clock } from '../../lib/clock.ts';

/** What came of one key of a batch. */
export type Outcome<V> = { readonly value: V } | { readonly error: unknown };
export type Outcomes<V> = ReadonlyMap<string, Outcome<V>>;

export interface BatcherOptions<V> {
  readonly clock: Clock;
  /** A batch is sent when no key was added for this long, */
  readonly quietMs: number;
  /** or this long after its first key, */
  readonly longestMs: number;
  /** or when it has so many. */
  readonly mostKeys: number;
  /** Each key once; the answer speaks for each of them. What it throws, all of them get. */
  readonly send: (keys: readonly string[]) => Promise<Outcomes<V>>;
}

/** Keys that wait to be sent together. */
interface Batch<V> {
  readonly callers: Map<string, PromiseWithResolvers<V>>;
  readonly cancelLongest: () => void;
  cancelQuiet: () => void;
}

/** Puts calls of one kind that come close together into one. */
export class Batcher<V> {
  readonly #options: BatcherOptions<V>;
  #open: Batch<V> | undefined;

  constructor(options: BatcherOptions<V>) {
    this.#options = options;
  }

  /** Sends the key with others; one that is in the open batch already is sent once. Fails with the error of its key alone. */
  add(key: string): Promise<V> {
    const { clock, quietMs, mostKeys } = this.#options;
    const batch = (this.#open ??= this.#openBatch());
    const caller = batch.callers.get(key) ?? Promise.withResolvers<V>();
    batch.callers.set(key, caller);
    batch.cancelQuiet();
    if (batch.callers.size >= mostKeys) {
      this.#close();
    } else {
      batch.cancelQuiet = clock.schedule(quietMs, () => {
        this.#close();
      });
    }
    return caller.promise;
  }

  #openBatch(): Batch<V> {
    const { clock, longestMs } = this.#options;
    const cancelLongest = clock.schedule(longestMs, () => {
      this.#close();
    });
    return { callers: new Map(), cancelLongest, cancelQuiet: () => undefined };
  }

  #close(): void {
    const batch = this.#open;
    this.#open = undefined;
    if (batch !== undefined) {
      batch.cancelLongest();
      batch.cancelQuiet();
      void this.#send(batch.callers);
    }
  }

  async #send(callers: ReadonlyMap<string, PromiseWithResolvers<V>>): Promise<void> {
    const keys = [...callers.keys()];
    const outcomes = await this.#options.send(keys).catch((error: unknown) => failAll(keys, error));
    for (const [key, { resolve, reject }] of callers) {
      const outcome = outcomes.get(key) ?? { error: new Error('a batch answers for all its keys') };
      if ('value' in outcome) {
        resolve(outcome.value);
      } else {
        reject(outcome.error);
      }
    }
  }
}

/** The same error for each key. */
export function failAll(keys: readonly string[], error: unknown): Outcomes<never> {
  return new Map(keys.map((key) => [key, { error }]));
}
