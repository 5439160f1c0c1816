/**
 * The text without what PostgreSQL's jsonb refuses: NUL characters and halves of surrogate pairs become U+FFFD. For
 * text that others made, such as the last lines of a log or the message of an error.
 */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}

/** `JSON.stringify` of a JSON value with every text in it made storable. */
export function toStorableJson(value: unknown): string {
  const json = JSON.stringify(value);
  // JSON.stringify escapes exactly these that way, so the common case costs one scan.
  return /\\u(?:0000|d[89a-f])/.test(json)
    ? JSON.stringify(value, (_key, member: unknown) =>
        typeof member === 'string' ? storableText(member) : member,
      )
    : json;
}
