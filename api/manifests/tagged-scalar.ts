import { parsePlainScalar } from './scalar.ts';

const YAML_TAG = 'tag:yaml.org,2002:';

/** Which values a tag allows; a quoted scalar with one of these tags is read as if it were plain. */
const FITS_TAG: Readonly<Record<string, (value: unknown) => boolean>> = {
  [`${YAML_TAG}int`]: (value) => Number.isInteger(value),
  [`${YAML_TAG}float`]: (value) => typeof value === 'number',
  [`${YAML_TAG}bool`]: (value) => typeof value === 'boolean',
  [`${YAML_TAG}null`]: (value) => value === null,
};

export interface ScalarStyle {
  readonly isPlain: boolean;
  /** Fully qualified; undefined when the author gave none. */
  readonly tag: string | undefined;
}

/** The value of a scalar, or why it has none that JSON can hold. */
export function parseScalar(
  text: string,
  { isPlain, tag }: ScalarStyle,
): { readonly value: unknown } | { readonly message: string } {
  if (tag === undefined) {
    return isPlain ? refuseNonFinite(text, parsePlainScalar(text)) : { value: text };
  }
  if (tag === '!' || tag === `${YAML_TAG}str`) {
    return { value: text };
  }
  const fits = FITS_TAG[tag];
  if (fits === undefined) {
    return { message: `unknown tag ${toShortTag(tag)}` };
  }
  const value = parsePlainScalar(text);
  return fits(value)
    ? refuseNonFinite(text, value)
    : { message: `${JSON.stringify(text)} is not a ${toShortTag(tag)}` };
}

/** Why the tag of a list or mapping is refused; undefined for the one it has anyway. */
export function refuseCollectionTag(
  tag: string | undefined,
  name: 'map' | 'seq',
): string | undefined {
  const isHarmless = tag === undefined || tag === '!' || tag === `${YAML_TAG}${name}`;
  return isHarmless ? undefined : `unknown tag ${toShortTag(tag)}`;
}

function refuseNonFinite(text: string, value: unknown): { value: unknown } | { message: string } {
  return typeof value === 'number' && !Number.isFinite(value)
    ? { message: `must be a finite number (got ${text})` }
    : { value };
}

function toShortTag(tag: string): string {
  return tag.startsWith(YAML_TAG) ? `!!${tag.slice(YAML_TAG.length)}` : tag;
}
