/** Stands where a secret value would. */
export const MASK = '***';

/** Shorter values (`1`, `dev`) say nothing, and masking them would leave no readable text. */
const SHORTEST_MASKED = 4;

/**
 * The text without any of these values: as they are, line by line (a tool may show one line of a key), and as they
 * look in JSON.
 */
export function maskValues(text: string, values: Iterable<string>): string {
  const shapes = new Set<string>();
  for (const value of values) {
    for (const shape of [value, ...value.split(/\r?\n/), JSON.stringify(value).slice(1, -1)]) {
      shapes.add(shape.trim());
    }
  }
  return (
    [...shapes]
      .filter((shape) => shape.length >= SHORTEST_MASKED)
      // The longest first: a value that holds another one must not be left in pieces.
      .sort((a, b) => b.length - a.length)
      .reduce((masked, shape) => masked.replaceAll(shape, MASK), text)
  );
}
