import {
  Type,
  type Static,
  type TObject,
  type TProperties,
  type TSchema,
  type TUnsafe,
} from 'typebox';

export const API_GROUP = 'treeline.dev';
export const API_VERSION = `${API_GROUP}/v1alpha1`;

/** DNS-1123 label: what a name of an object may be. */
export const SLUG_PATTERN = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$';
export const SLUG_MAX_LENGTH = 63;
/** The pattern in words, for messages. */
export const SLUG_WORDS =
  'must be lower case letters, digits and "-", with a letter or digit at both ends';

/**
 * Keyword of our own, dropped from the CRDs: what `pattern` (or the pattern of the keys) asks for,
 * said to a person. Without it a message shows the pattern.
 */
export const WORDS_KEYWORD = 'x-treeline-words';
/** Keyword of our own: a list of `Rule`; the CRDs have them as CEL. */
export const RULES_KEYWORD = 'x-treeline-rules';
/**
 * Keyword of our own, dropped from the CRDs: what kind of text it is, where no pattern and no CEL can tell a right one
 * from a wrong one.
 */
export const TEXT_KEYWORD = 'x-treeline-text';
export type TextCheck = 'cron' | 'timeZone';
/** Keyword of our own: a list of `TransitionRule`; the CRDs have them as CEL. */
export const TRANSITIONS_KEYWORD = 'x-treeline-transition-rules';

/** An object that refuses fields it does not name. */
export function closed<T extends TProperties>(
  properties: T,
  options: Record<string, unknown> = {},
): TObject<T> {
  return Type.Object(properties, { additionalProperties: false, ...options });
}

/** A string out of a fixed list, as `enum` (a CRD schema cannot say `anyOf` of constants). */
export function oneOf<const T extends readonly string[]>(
  values: T,
  description: string,
  options: Record<string, unknown> = {},
): TUnsafe<T[number]> {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...values], description, ...options });
}

/**
 * A string whose values TypeScript knows and the schema leaves open: a newer controller may have more words
 * than the CRD that is installed.
 */
export function word<T extends string>(description: string): TUnsafe<T> {
  return Type.Unsafe<T>({ type: 'string', description });
}

/** A moment as ISO 8601 text. */
export function time(description: string) {
  return Type.String({ format: 'date-time', description });
}

export function slug(description: string) {
  return Type.String({
    pattern: SLUG_PATTERN,
    minLength: 1,
    maxLength: SLUG_MAX_LENGTH,
    description,
    [WORDS_KEYWORD]: SLUG_WORDS,
  });
}

/** A length of time as people write it: `90s`, `10m`, `1h30m`. */
export function duration(description: string) {
  return Type.String({
    pattern: '^([0-9]+(s|m|h))+$',
    maxLength: 32,
    description,
    [WORDS_KEYWORD]: 'must be a length of time such as 90s, 10m or 1h30m',
  });
}

/** For a list whose items are told apart by their field `key`: two may not share one. */
export function listMap(key: string): Record<string, unknown> {
  return { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': [key] };
}

/** A mapping whose keys must match `pattern`; the CRDs can only say what its values are. */
export function record<T extends TSchema>(
  value: T,
  { pattern, words, ...options }: { pattern: string; words: string; [option: string]: unknown },
): TUnsafe<Record<string, Static<T>>> {
  return Type.Unsafe<Record<string, Static<T>>>({
    type: 'object',
    patternProperties: { [pattern]: value },
    additionalProperties: false,
    [WORDS_KEYWORD]: words,
    ...options,
  });
}

/** Name of an environment variable. */
export const ENV_NAME_PATTERN = '^[A-Za-z_][A-Za-z0-9_]*$';
/** The pattern in words, for messages. */
export const ENV_NAME_WORDS = 'must be letters, digits and "_", and not begin with a digit';

/** Name of an environment variable. */
export function envName(description: string) {
  return Type.String({
    pattern: ENV_NAME_PATTERN,
    maxLength: 255,
    description,
    [WORDS_KEYWORD]: ENV_NAME_WORDS,
  });
}

/** Seconds of a `duration`. */
export function toSeconds(text: string): number {
  const unit = { s: 1, m: 60, h: 3600 } as const;
  return [...text.matchAll(/(\d+)([smh])/g)].reduce(
    (sum, [, count, letter]) => sum + Number(count) * unit[letter as 's' | 'm' | 'h'],
    0,
  );
}
