import type { Env } from './env.ts';
import type { RequiredEnv } from './merge-spec.ts';

/**
 * What is required and not set, each once and in order: a name, or `one of A, B`. An empty value is none. A plain name
 * speaks for every `anyOf` that contains it (lessons.md, 2.7): what has to be set anyway is not asked for twice.
 */
export function missingEnv(required: readonly RequiredEnv[], env: Env): string[] {
  const names = required.flatMap(({ name }) => (name === undefined ? [] : [name]));
  const choices = required.flatMap(({ anyOf }) => (anyOf === undefined ? [] : [anyOf]));
  const open = choices.filter((choice) => !choice.some((name) => names.includes(name)));
  const isSet = (name: string) => Object.hasOwn(env, name) && env[name] !== '';
  const missing = [
    ...names.filter((name) => !isSet(name)),
    ...open.filter((choice) => !choice.some(isSet)).map(describeChoice),
  ];
  return [...new Set(missing)];
}

/** All that is missing on one line: `missing environment: A; one of B, C`. */
export function describeMissingEnv(missing: readonly string[]): string {
  return `missing environment: ${missing.join('; ')}`;
}

function describeChoice(names: readonly string[]): string {
  return names.length === 1 ? names.join('') : `one of ${names.join(', ')}`;
}
