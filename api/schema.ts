import { Type, type TObject, type TProperties, type TUnsafe } from 'typebox';

export const API_GROUP = 'treeline.dev';
export const API_VERSION = `${API_GROUP}/v1alpha1`;

/** DNS-1123 label: what a name of an object may be. */
export const SLUG_PATTERN = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$';
export const SLUG_MAX_LENGTH = 63;

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
): TUnsafe<T[number]> {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...values], description });
}

export function slug(description: string) {
  return Type.String({
    pattern: SLUG_PATTERN,
    minLength: 1,
    maxLength: SLUG_MAX_LENGTH,
    description,
  });
}

/** A length of time as people write it: `90s`, `10m`, `1h30m`. */
export function duration(description: string) {
  return Type.String({ pattern: '^([0-9]+(s|m|h))+$', maxLength: 32, description });
}

/** Name of an environment variable. */
export const ENV_NAME_PATTERN = '^[A-Za-z_][A-Za-z0-9_]*$';

/** Seconds of a `duration`. */
export function toSeconds(text: string): number {
  const unit = { s: 1, m: 60, h: 3600 } as const;
  return [...text.matchAll(/(\d+)([smh])/g)].reduce(
    (sum, [, count, letter]) => sum + Number(count) * unit[letter as 's' | 'm' | 'h'],
    0,
  );
}
