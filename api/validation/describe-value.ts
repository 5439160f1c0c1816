/** Longer text is cut in messages, which are read on one line. */
const MAX_SHOWN_CHARACTERS = 60;

/** `(got 7)`, `(got "Runing", did you mean "Running"?)`; lists and mappings are named, not shown. */
export function got(value: unknown, hint = ''): string {
  return `(got ${describeValue(value)}${hint})`;
}

/**
 * The same for a value of the wrong type. An unquoted scalar that was meant as text is the usual cause,
 * and its author does not see it: `(got no, which YAML reads as false: put it in quotes)`.
 * `written` is the text of the manifest, where it is known.
 */
export function describeMisread(value: unknown, type: string, written: string | undefined): string {
  const isMisread = type === 'string' && (typeof value === 'number' || typeof value === 'boolean');
  if (!isMisread || written === undefined) {
    return got(value);
  }
  const meaning = describeValue(value);
  return written === meaning
    ? got(value, ': put it in quotes')
    : `(got ${written}, which YAML reads as ${meaning}: put it in quotes)`;
}

function describeValue(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') {
    return String(value);
  }
  if (typeof value === 'string') {
    return describeText(value);
  }
  const isThere = typeof value === 'object' && value !== null;
  return isThere ? (Array.isArray(value) ? 'a list' : 'a mapping') : 'nothing';
}

function describeText(text: string): string {
  return text.length > MAX_SHOWN_CHARACTERS
    ? `${JSON.stringify(text.slice(0, MAX_SHOWN_CHARACTERS))}..., ${text.length} characters`
    : JSON.stringify(text);
}
