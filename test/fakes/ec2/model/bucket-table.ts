import type { BucketSize } from './buckets.ts';

/**
 * Requests an account may send to one Region (EC2 developer guide, "Request throttling"). Each row is one bucket, shared
 * by the actions that it names.
 */
export const REQUEST_BUCKETS = {
  Describe: { burst: 100, refillPerSecond: 20 },
  DescribeUnfiltered: { burst: 50, refillPerSecond: 10 },
  Mutate: { burst: 50, refillPerSecond: 5 },
  RunInstances: { burst: 5, refillPerSecond: 2 },
  StartInstances: { burst: 5, refillPerSecond: 2 },
  TerminateInstances: { burst: 100, refillPerSecond: 5 },
  Tags: { burst: 100, refillPerSecond: 10 },
  GetConsoleOutput: { burst: 100, refillPerSecond: 10 },
} as const satisfies Record<string, BucketSize>;

export type RequestBucket = keyof typeof REQUEST_BUCKETS;

/** Instances that may be launched, started, stopped and terminated; the same page. */
export const RESOURCE_BUCKETS = {
  RunInstances: { burst: 1000, refillPerSecond: 2 },
  TerminateInstances: { burst: 1000, refillPerSecond: 20 },
  StartInstances: { burst: 1000, refillPerSecond: 2 },
  StopInstances: { burst: 1000, refillPerSecond: 20 },
} as const satisfies Record<string, BucketSize>;

export type ResourceBucket = keyof typeof RESOURCE_BUCKETS;

const OF_ITS_OWN: Readonly<Partial<Record<string, RequestBucket>>> = {
  RunInstances: 'RunInstances',
  StartInstances: 'StartInstances',
  TerminateInstances: 'TerminateInstances',
  CreateTags: 'Tags',
  DeleteTags: 'Tags',
  GetConsoleOutput: 'GetConsoleOutput',
};

const DEARER_WITHOUT_FILTER: ReadonlySet<string> = new Set([
  'DescribeInstances',
  'DescribeInstanceStatus',
  'DescribeNetworkInterfaces',
  'DescribeSecurityGroups',
  'DescribeSnapshots',
  'DescribeVolumes',
]);

/**
 * The bucket that a request draws on. `isNarrowed`: it has a filter or asks for a page. A list of ids is neither, so a
 * describe by ids alone counts as unfiltered, as the page words it.
 */
export function requestBucketOf(action: string, isNarrowed: boolean): RequestBucket {
  const own = OF_ITS_OWN[action];
  if (own !== undefined) {
    return own;
  }
  if (!/^(Describe|List|Get)/.test(action)) {
    return 'Mutate';
  }
  return DEARER_WITHOUT_FILTER.has(action) && !isNarrowed ? 'DescribeUnfiltered' : 'Describe';
}
