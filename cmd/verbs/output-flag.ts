import { usageError } from '../cli-error.ts';
import { textFlag, type Typed } from '../verb.ts';

/** `-o`, checked against what this verb can print. The first format is the default. Throws a usage error. */
export function outputFlag<const T extends readonly [string, ...string[]]>(
  typed: Typed,
  formats: T,
): T[number] {
  const output = textFlag(typed, 'output');
  if (output === undefined) {
    return formats[0];
  }
  if (!formats.includes(output)) {
    throw usageError(`--output must be one of ${formats.join(', ')} (got ${output})`);
  }
  return output;
}
