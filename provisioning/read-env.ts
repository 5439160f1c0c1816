import { ENV_NAME_PATTERN } from '../api/schema.ts';
import type { SecretLookup, SecretSnapshot } from '../sources/source.ts';
import type { Env } from './env.ts';
import type { EnvVariable, MergedSpec } from './merge-spec.ts';

/**
 * Bytes of `NAME=value` with the zero byte behind it: Linux starts no program with more (`MAX_ARG_STRLEN`, 32 pages of
 * 4 KiB; execve(2)), and an agent would fail at its start with nothing but E2BIG.
 */
const MAX_VARIABLE_BYTES = 131_072;

const ENV_NAME = new RegExp(ENV_NAME_PATTERN);

export type EnvReading =
  | { readonly kind: 'ready'; readonly env: Env }
  /** Every problem, in the order of the spec; with names of secrets and keys, never with a value. */
  | { readonly kind: 'missing'; readonly problems: readonly string[] };

/**
 * What secrets and spec say of the environment; later ones win: secrets of all, `envFrom` in its order, `env`. Keys of a
 * secret that cannot be names of variables, e.g. `tls.crt`, are left out, as Kubernetes does. Pure; never throws.
 */
export function readEnv(
  declared: Pick<MergedSpec, 'env' | 'envFrom'>,
  namespace: string,
  secrets: SecretSnapshot,
): EnvReading {
  const { env, problems } = readWhatIsThere(declared, namespace, secrets);
  return problems.length > 0 ? { kind: 'missing', problems } : { kind: 'ready', env };
}

/** The same, with what can be read also where something is missing: to be shown, never to be launched with. */
export function readWhatIsThere(
  { env, envFrom }: Pick<MergedSpec, 'env' | 'envFrom'>,
  namespace: string,
  secrets: SecretSnapshot,
): { readonly env: Env; readonly problems: readonly string[] } {
  const sources: readonly Source[] = [
    toSource('secrets of the namespace', secrets.global(namespace)),
    ...envFrom.map(({ secretRef: { name } }) =>
      toSource(`envFrom, secret ${name}`, secrets.find(namespace, name)),
    ),
    ...env.map((variable) => readVariable(variable, namespace, secrets)),
  ];
  return {
    env: Object.fromEntries(sources.flatMap(({ entries }) => entries)),
    problems: sources.flatMap(problemsOf),
  };
}

/** One place that variables come from. */
interface Source {
  /** For messages. */
  readonly place: string;
  readonly entries: readonly (readonly [name: string, value: string])[];
  readonly problem?: string;
}

function toSource(place: string, lookup: SecretLookup): Source {
  return lookup.kind === 'problem'
    ? { place, entries: [], problem: lookup.message }
    : { place, entries: Object.entries(lookup.values).filter(([name]) => ENV_NAME.test(name)) };
}

function readVariable(
  { name, value = '', valueFrom }: EnvVariable,
  namespace: string,
  secrets: SecretSnapshot,
): Source {
  const place = 'env';
  if (valueFrom === undefined) {
    return { place, entries: [[name, value]] };
  }
  const { name: secret, key } = valueFrom.secretKeyRef;
  const lookup = secrets.find(namespace, secret);
  if (lookup.kind === 'problem') {
    return { place: `env ${name}`, entries: [], problem: lookup.message };
  }
  const found = Object.hasOwn(lookup.values, key) ? lookup.values[key] : undefined;
  return found === undefined
    ? { place: `env ${name}`, entries: [], problem: `secret ${secret} has no key ${key}` }
    : { place: `env, secret ${secret}, key ${key}`, entries: [[name, found]] };
}

function problemsOf({ place, entries, problem }: Source): string[] {
  const unusable = entries.flatMap(([name, value]) => {
    const why = whyUnusable(name, value);
    return why === undefined ? [] : [`${place}: ${name} ${why}`];
  });
  return problem === undefined ? unusable : [`${place}: ${problem}`];
}

/** Found here, because what would say so later (the start of a process) may show the value. */
function whyUnusable(name: string, value: string): string | undefined {
  if (value.includes('\0')) {
    return 'has a zero byte, which no environment can hold';
  }
  const bytes = Buffer.byteLength(name) + Buffer.byteLength(value) + 2;
  return bytes > MAX_VARIABLE_BYTES
    ? `is longer than an environment can hold (${bytes} bytes, at most ${MAX_VARIABLE_BYTES})`
    : undefined;
}
