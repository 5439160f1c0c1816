import type { WireRequest } from '../wire/http-server.ts';

/** The access key of a signed request; nobody looks at the signature itself. '' for an unsigned one. */
export function callerOf({ headers }: WireRequest): string {
  return /Credential=([^/,]+)\//.exec(headers['authorization'] ?? '')?.[1] ?? '';
}

/** When it was signed, in milliseconds; undefined when it does not say so. */
export function signingTimeOf({ headers }: WireRequest): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(headers['x-amz-date'] ?? '');
  if (parts === null) {
    return undefined;
  }
  const [, year, month, day, hour, minute, second] = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
