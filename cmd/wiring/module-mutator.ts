import { pathToFileURL } from 'node:url';
import type { Clock } from '../../lib/clock.ts';
import type { Env } from '../../provisioning/env.ts';
import type { EnvMutator, MutatorInput } from '../../provisioning/env-mutators.ts';

export interface ModuleMutatorOptions {
  readonly name: string;
  /** Absolute path of a .ts, .js or .mjs file. */
  readonly path: string;
  readonly timeoutSeconds: number;
  readonly clock: Pick<Clock, 'schedule'>;
}

type Mutate = (input: MutatorInput, signal: AbortSignal) => unknown;

/**
 * A module whose default export is the function. Throws an error that says why it cannot be loaded; it is loaded once,
 * so a change of the file needs a restart.
 */
export async function loadModuleMutator(options: ModuleMutatorOptions): Promise<EnvMutator> {
  const { name, path, timeoutSeconds, clock } = options;
  const loaded = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
  const mutate = loaded.default;
  if (typeof mutate !== 'function') {
    throw new TypeError('its default export must be a function');
  }
  return {
    name,
    async mutate(input, signal) {
      const late = new AbortController();
      const cancel = clock.schedule(timeoutSeconds * 1000, () => {
        late.abort(new Error(`gave no answer within ${timeoutSeconds} s`));
      });
      try {
        return await answerOf(mutate as Mutate, input, AbortSignal.any([signal, late.signal]));
      } finally {
        cancel();
      }
    },
  };
}

/** What the function answers, or the reason of the abort when that comes first. */
async function answerOf(mutate: Mutate, input: MutatorInput, signal: AbortSignal): Promise<Env> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => {
    aborted.reject(signal.reason as Error);
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    return (await Promise.race([mutate(input, signal), aborted.promise])) as Env;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
