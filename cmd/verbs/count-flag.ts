import { usageError } from '../cli-error.ts';
import { textFlag, type Typed } from '../verb.ts';

/** The number behind a flag. Throws a usage error for what is no whole number. */
export function countFlag(typed: Typed, name: string): number | undefined {
  const text = textFlag(typed, name);
  if (text !== undefined && !/^\d{1,9}$/.test(text)) {
    throw usageError(`--${name} must be a whole number (got ${text})`);
  }
  return text === undefined ? undefined : Number(text);
}
