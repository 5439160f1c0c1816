import { Ec2Error, invalidValue } from './ec2-error.ts';
import type { Query } from './query.ts';

export interface Page<T> {
  readonly items: readonly T[];
  /** Undefined: this was the last one. */
  readonly nextToken: string | undefined;
}

/** EC2 API Reference, "Pagination": 5 to 1,000, and never together with ids. */
const SMALLEST_PAGE = 5;
const LARGEST_PAGE = 1000;

/**
 * Reads what page a request asks for, and answers what cuts it out of items that are sorted by id. `idsParameter`: the list
 * of ids that forbids paging. Without `MaxResults` everything from the token on is the page.
 */
export function parsePaging(
  query: Query,
  idsParameter?: string,
): <T extends { readonly id: string }>(items: readonly T[]) => Page<T> {
  const size = pageSize(query, idsParameter) ?? Infinity;
  const after = parseToken(query.text('NextToken'));
  return (items) => {
    const start = after === undefined ? 0 : items.findIndex(({ id }) => id > after);
    const rest = start < 0 ? [] : items.slice(start);
    const page = rest.slice(0, size);
    const last = page.at(-1);
    const isLast = page.length === rest.length || last === undefined;
    return { items: page, nextToken: isLast ? undefined : toToken(last.id) };
  };
}

/** The same at once, for requests in which nothing else is checked after it. */
export function cutPage<T extends { readonly id: string }>(
  query: Query,
  items: readonly T[],
  idsParameter?: string,
): Page<T> {
  return parsePaging(query, idsParameter)(items);
}

function pageSize(query: Query, idsParameter: string | undefined): number | undefined {
  const size = query.integer('MaxResults');
  if (size === undefined) {
    return undefined;
  }
  if (idsParameter !== undefined && query.list(idsParameter).length > 0) {
    throw new Ec2Error(
      'InvalidParameterCombination',
      `The parameter ${idsParameter} cannot be used with the parameter maxResults`,
    );
  }
  if (size < SMALLEST_PAGE || size > LARGEST_PAGE) {
    throw invalidValue('maxResults', String(size));
  }
  return size;
}

function toToken(id: string): string {
  return Buffer.from(`after:${id}`).toString('base64url');
}

function parseToken(token: string | undefined): string | undefined {
  if (token === undefined || token === '') {
    return undefined;
  }
  const text = Buffer.from(token, 'base64url').toString();
  if (!text.startsWith('after:')) {
    throw invalidValue('nextToken', token);
  }
  return text.slice('after:'.length);
}
