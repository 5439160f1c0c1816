/**
 * Plain (unquoted) YAML scalars as kubectl reads them: go-yaml version 2 behind sigs.k8s.io/yaml, without a target type.
 * Found out with kubectl 1.32; `test/api/manifests/scalar.test.ts` holds the table and asks the kubectl of the machine.
 */

const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ...spellings(null, ['', '~', 'null', 'Null', 'NULL']),
  ...spellings(true, ['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'true', 'True', 'TRUE']),
  ...spellings(false, ['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF']),
  ...spellings(false, ['false', 'False', 'FALSE']),
]);

const NOT_FINITE = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const RADIX_INTEGER = /^([-+]?)0([xXoObB]?)([0-9a-fA-F]+)$/;
/** By the letter behind the zero, which octal numbers may leave out. */
const OCTAL = { prefix: '0o', digits: /^[0-7]+$/ };
const RADIX = {
  x: { prefix: '0x', digits: /^[0-9a-fA-F]+$/ },
  b: { prefix: '0b', digits: /^[01]+$/ },
  o: OCTAL,
  '': OCTAL,
} as const;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;

/**
 * What an unquoted scalar means: `no` is false, `014` is 12, `1_000` is 1000; `1:30` and `2001-12-14` are text.
 * Infinity and NaN come back as such; JSON cannot hold them, so the caller refuses them.
 */
export function parsePlainScalar(text: string): string | number | boolean | null {
  const word = WORDS.get(text);
  if (word !== undefined) {
    return word;
  }
  if (NOT_FINITE.test(text)) {
    return text.toLowerCase().endsWith('nan') ? NaN : text.startsWith('-') ? -Infinity : Infinity;
  }
  return /^[-+.\d]/.test(text) ? parseNumber(text) : text;
}

function parseNumber(text: string): string | number {
  // A leading dot takes another path in go-yaml, one that wants underscores between digits: `._5` is text.
  const digits = text.replace(text.startsWith('.') ? /(?<=\d)_(?=\d)/g : /_/g, '');
  const integer = parseRadixInteger(digits);
  if (integer !== undefined) {
    return integer;
  }
  const number = FLOAT.test(digits) ? Number(digits) : NaN;
  // `+ 0` turns a negative zero into zero, which is what JSON says.
  return Number.isFinite(number) ? number + 0 : text;
}

/** `0x1F`, `0o14`, `014`, `0b101`; undefined for anything else, also for what does not fit into 64 bits. */
function parseRadixInteger(digits: string): number | undefined {
  const [, sign = '', letter = '', body = ''] = RADIX_INTEGER.exec(digits) ?? [];
  const radix = RADIX[letter.toLowerCase() as keyof typeof RADIX];
  if (!radix.digits.test(body)) {
    return undefined;
  }
  const magnitude = BigInt(radix.prefix + body);
  const value = sign === '-' ? -magnitude : magnitude;
  // Only a number without a sign may use all 64 bits for its magnitude.
  const highest = sign === '' ? UINT64_MAX : INT64_MAX;
  return value < INT64_MIN || value > highest ? undefined : Number(value);
}

function spellings<T>(value: T, words: readonly string[]): [string, T][] {
  return words.map((word) => [word, value]);
}
