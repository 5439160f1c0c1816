import { Problem } from './problem.ts';

/** The ETag of an object: its generation, which moves only when the spec changes. */
export function etagOf(generation: number): string {
  return `"${generation}"`;
}

/**
 * The generation that `If-Match` asks for; undefined when any will do. Weak tags count as well, because some proxies
 * weaken them. Throws a 400 `Problem` for anything that no answer of ours had.
 */
export function parseIfMatch(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '*') {
    return undefined;
  }
  const generation = /^\s*(?:W\/)?"(\d{1,15})"\s*$/.exec(header)?.[1];
  if (generation === undefined) {
    throw new Problem(
      400,
      'InvalidRequest',
      'If-Match: give the ETag of the object, as it was read',
    );
  }
  return Number(generation);
}

/** Throws a 412 `Problem` unless the object still is what the client read. */
export function assertMatches(expected: number | undefined, generation: number): void {
  if (expected !== undefined && expected !== generation) {
    throw new Problem(
      412,
      'Conflict',
      `the spec changed meanwhile: generation is ${generation}, not ${expected}; read it again`,
    );
  }
}
