/** Stands where a secret value would. */
export const MASK = '***';

/** Shorter values (`1`, `dev`) say nothing, and masking them would leave no readable text. */
const SHORTEST_MASKED = 4;

/**
 * The text without any of these values: as they are, line by line (a tool may show one line of a key), and as they
 * look in JSON, in a URL and in base64.
 */
export function maskValues(text: string, values: Iterable<string>): string {
  const shapes = new Set<string>();
  for (const value of values) {
    shapesOf(value).forEach((shape) => shapes.add(shape.trim()));
  }
  return (
    [...shapes]
      .filter((shape) => shape.length >= SHORTEST_MASKED)
      // The longest first: a value that holds another one must not be left in pieces.
      .sort((a, b) => b.length - a.length)
      .reduce((masked, shape) => masked.replaceAll(shape, MASK), text)
  );
}

function shapesOf(value: string): readonly string[] {
  const json = JSON.stringify(value).slice(1, -1);
  return [value, ...value.split(/\r?\n/), json, ...encoded(value)];
}

/** Half of a surrogate pair, which no URL can hold, is replaced first. */
function encoded(value: string): readonly string[] {
  const base64 = Buffer.from(value).toString('base64').replace(/=+$/, '');
  return value === '' ? [] : [encodeURIComponent(value.toWellFormed()), base64];
}
