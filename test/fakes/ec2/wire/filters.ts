import { Ec2Error } from './ec2-error.ts';
import { own } from './own.ts';
import type { Query } from './query.ts';

/** EC2 API Reference, "Filter": at most 200 values. */
const MOST_VALUES = 200;

/** The values that an item has under the names that a filter may use. */
export type Filterable<T> = Readonly<Record<string, (item: T) => readonly string[]>>;

/** Whether an item passes every filter. */
export type Filter<T> = (item: T) => boolean;

/**
 * Reads the filters of a request. An item passes a filter when one of its values is one of the filter's; `*` and `?`
 * stand for any text and any character. No filter, and a filter list that is empty, lets everything pass, as in EC2.
 * Throws `InvalidParameterValue` for a name that is not in `known`.
 */
export function parseFilters<T>(
  query: Query,
  known: Filterable<T>,
  tagsOf: (item: T) => Readonly<Record<string, string>> = () => ({}),
): Filter<T> {
  const filters = query
    .groups('Filter')
    .map((group) =>
      parseFilter(group, { ...known, 'tag-key': (item) => Object.keys(tagsOf(item)) }, tagsOf),
    );
  return (item) => filters.every((passes) => passes(item));
}

function parseFilter<T>(
  group: Query,
  known: Filterable<T>,
  tagsOf: (item: T) => Readonly<Record<string, string>>,
): Filter<T> {
  const name = group.required('Name');
  const values = group.list('Value');
  if (values.length > MOST_VALUES) {
    throw new Ec2Error(
      'FilterLimitExceeded',
      `The filter ${name} has more than ${MOST_VALUES} values.`,
    );
  }
  const valuesOf = name.startsWith('tag:') ? tagValue(name.slice(4), tagsOf) : own(known, name);
  if (valuesOf === undefined) {
    throw new Ec2Error('InvalidParameterValue', `The filter '${name}' is invalid`);
  }
  const passes = matcher(values);
  return (item) => valuesOf(item).some(passes);
}

function tagValue<T>(
  key: string,
  tagsOf: (item: T) => Readonly<Record<string, string>>,
): (item: T) => readonly string[] {
  return (item) => {
    const value = tagsOf(item)[key];
    return value === undefined ? [] : [value];
  };
}

/** Most values have no wildcard, and a look-up of 200 of them is one step. */
function matcher(values: readonly string[]): (text: string) => boolean {
  const exact = new Set(values.filter((value) => !/[*?]/.test(value)));
  const patterns = values.filter((value) => /[*?]/.test(value)).map(toPattern);
  return (text) => exact.has(text) || patterns.some((pattern) => pattern.test(text));
}

function toPattern(value: string): RegExp {
  const literal = value.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
}
