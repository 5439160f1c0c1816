const REDACTED = '[redacted]';

/** Fields whose value never leaves the process, whatever they are prefixed with (`agentToken`, `bot_token`). */
const SECRET_FIELD = /^env$|(?:token|secret|password|authorization)s?$/i;
/** The password of `postgres://user:password@host`, which messages of others may quote. */
const URL_PASSWORD = /(\/\/[^/\s:@]*:)[^/\s@]+@/g;
/** Deeper than any field of ours; a log line is no place for more. */
const DEEPEST_LEVEL = 8;

/** A copy for the log: secrets replaced, errors and dates as JSON can hold them, circles and depths cut off. */
export function redact(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return redactMembers(fields, [fields]);
}

function redactMembers(value: object, ancestors: readonly object[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, member]: [string, unknown]) => [
      name,
      SECRET_FIELD.test(name) && member !== undefined ? REDACTED : redactValue(member, ancestors),
    ]),
  );
}

function redactValue(value: unknown, ancestors: readonly object[]): unknown {
  if (typeof value === 'string') {
    return value.replace(URL_PASSWORD, `$1${REDACTED}@`);
  }
  if (typeof value === 'bigint') {
    return String(value);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if (ancestors.includes(value) || ancestors.length >= DEEPEST_LEVEL) {
    return '[cut off]';
  }
  return redactObject(value, [...ancestors, value]);
}

function redactObject(value: object, ancestors: readonly object[]): unknown {
  if (Array.isArray(value)) {
    return value.map((member: unknown) => redactValue(member, ancestors));
  }
  if (value instanceof Error) {
    return redactError(value, ancestors);
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return redactValue((value.toJSON as () => unknown)(), ancestors);
  }
  return redactMembers(value, ancestors);
}

/** `stack` begins with name and message; the own fields of an error (code, reason) say the rest. */
function redactError(error: Error, ancestors: readonly object[]): Record<string, unknown> {
  const { name, message, stack, cause } = error;
  return {
    ...redactMembers(error, ancestors),
    ...redactMembers({ name, message, stack, ...(cause !== undefined && { cause }) }, ancestors),
  };
}
