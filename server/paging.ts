import { DEFAULT_LIMIT, type ListOf } from './contract.ts';
import { Problem } from './problem.ts';

/** Where a page begins: after this object, in the order of namespace and name. */
export interface Position {
  readonly namespace: string;
  readonly name: string;
}

/** Reads `after`: `default/ada`, or `/small` for a cluster-scoped object. Throws a 400 `Problem`. */
export function parsePosition(after: string | undefined): Position | undefined {
  if (after === undefined) {
    return undefined;
  }
  const [, namespace, name] = /^([-a-z0-9]*)\/([-a-z0-9]+)$/.exec(after) ?? [];
  if (namespace === undefined || name === undefined) {
    throw new Problem(400, 'InvalidRequest', 'after: give `next` of the answer before this one');
  }
  return { namespace, name };
}

/**
 * One page. `read` is asked for one more than the page holds, which tells whether there is a next one without counting;
 * `isWanted` may thin the page out, so that a page with `next` may be short.
 */
export async function readPage<T extends Position>(
  limit: number | undefined,
  read: (limit: number) => Promise<readonly T[]>,
  isWanted: (record: T) => boolean = () => true,
): Promise<ListOf<T>> {
  const size = limit ?? DEFAULT_LIMIT;
  const records = await read(size + 1);
  const page = records.slice(0, size);
  const last = page.at(-1);
  return {
    items: page.filter(isWanted),
    ...(records.length > size && last && { next: `${last.namespace}/${last.name}` }),
  };
}
