import { hash } from 'node:crypto';

/** JSON of any JSON value with sorted keys and without undefined members, so that equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    isPlainObject(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

/** SHA-256 of the text, 64 hexadecimal characters. */
export function sha256Hex(text: string): string {
  return hash('sha256', text);
}

/** Hash of any JSON value; independent of the order of keys. 64 hexadecimal characters. */
export function hashOf(value: unknown): string {
  return sha256Hex(canonicalJson(value));
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
