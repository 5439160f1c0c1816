import { Problem } from './problem.ts';

/** Objects and lists within each other in a request; manifests need about ten, and recursive code elsewhere is safe. */
export const MAX_BODY_DEPTH = 64;

/** Throws a 400 for JSON that nests deeper than `MAX_BODY_DEPTH`. Looks level by level, so that depth cannot exhaust the stack. */
export function assertBodyIsShallow(body: unknown): void {
  let level = children([body]);
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > MAX_BODY_DEPTH) {
      throw new Problem(400, 'InvalidRequest', `body: nested deeper than ${MAX_BODY_DEPTH} levels`);
    }
    level = level.flatMap(children);
  }
}

function children(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.values(value).filter(
    (member) => typeof member === 'object' && member !== null,
  ) as object[];
}
