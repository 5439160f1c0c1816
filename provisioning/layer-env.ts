import { LOADER_PREFIXES, RESERVED_NAMES, type Env } from './env.ts';
import type { IdentityEnv } from './identity.ts';

/** The layers of an environment, the weakest first (docs/adr/0004). */
export interface EnvLayers {
  /** What the class says of the runtime. */
  readonly runtime: Env;
  /** Secrets, `envFrom` and `env`: the answer of `readEnv`. */
  readonly declared: Env;
  /** What mutators added. */
  readonly mutated: Env;
  readonly identity: IdentityEnv;
}

/** One environment; git defaults count only where no layer says anything. Names that a layer may not give are left out. */
export function layerEnv({ runtime, declared, mutated, identity }: EnvLayers): Env {
  return {
    ...identity.gitDefaults,
    ...without(runtime, isReserved),
    ...without(declared, isRefused),
    ...without(mutated, isRefused),
    ...identity.reserved,
  };
}

/** The names of an environment that have no effect because nobody but Treeline may give them; sorted. */
export function findRefusedNames(env: Env): string[] {
  return Object.keys(env).filter(isRefused).sort();
}

function isReserved(name: string): boolean {
  return RESERVED_NAMES.includes(name);
}

function isRefused(name: string): boolean {
  return isReserved(name) || LOADER_PREFIXES.some((prefix) => name.startsWith(prefix));
}

function without(env: Env, isLeftOut: (name: string) => boolean): Env {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isLeftOut(name)));
}
