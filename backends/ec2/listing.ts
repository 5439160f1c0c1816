import type { Filter, Instance } from '@aws-sdk/client-ec2';
import type { Calls } from './calls.ts';
import { PAGE_SIZE } from './limits.ts';

/** Every instance that passes, in any state, all pages. */
export async function describeAll(
  Filters: Filter[],
  calls: Pick<Calls, 'send'>,
  doing: string,
): Promise<readonly Instance[]> {
  // By id, because one that moves between two pages is in both.
  const found = new Map<string, Instance>();
  let NextToken: string | undefined;
  do {
    const page = { Filters, MaxResults: PAGE_SIZE, ...(NextToken && { NextToken }) };
    const answer = await calls.send('DescribeInstances', page, doing);
    for (const instance of (answer.Reservations ?? []).flatMap(({ Instances = [] }) => Instances)) {
      found.set(instance.InstanceId ?? '', instance);
    }
    NextToken = answer.NextToken;
  } while (NextToken);
  return [...found.values()];
}

/** Those of these ids; fails for all of them when one does not exist. */
export async function describeIds(
  ids: readonly string[],
  calls: Pick<Calls, 'send'>,
): Promise<readonly Instance[]> {
  const input = { InstanceIds: [...ids] };
  const { Reservations = [] } = await calls.send('DescribeInstances', input, 'finding instances');
  return Reservations.flatMap(({ Instances = [] }) => Instances);
}

/** A filter by the value of a tag. */
export function byTag(key: string, values: readonly string[]): Filter {
  return { Name: `tag:${key}`, Values: [...values] };
}
