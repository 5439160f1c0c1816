import type { CallPriority } from '../backend.ts';

/** What a token bucket holds when it is full, and what comes back. */
export interface BucketSize {
  readonly burst: number;
  readonly refillPerSecond: number;
}

/**
 * The buckets that EC2 keeps for an account in one region, as far as the backend draws on them (EC2 developer guide, "Request
 * throttling"). Those that end in `:instances` count instances, the others requests. A describe that names ids has neither
 * a filter nor a page, so it is taken to be of the dearer kind.
 */
export const BUCKETS = {
  Describe: { burst: 100, refillPerSecond: 20 },
  DescribeUnfiltered: { burst: 50, refillPerSecond: 10 },
  Mutate: { burst: 50, refillPerSecond: 5 },
  RunInstances: { burst: 5, refillPerSecond: 2 },
  StartInstances: { burst: 5, refillPerSecond: 2 },
  TerminateInstances: { burst: 100, refillPerSecond: 5 },
  Tags: { burst: 100, refillPerSecond: 10 },
  GetConsoleOutput: { burst: 100, refillPerSecond: 10 },
  'RunInstances:instances': { burst: 1000, refillPerSecond: 2 },
  'StartInstances:instances': { burst: 1000, refillPerSecond: 2 },
  'StopInstances:instances': { burst: 1000, refillPerSecond: 20 },
  'TerminateInstances:instances': { burst: 1000, refillPerSecond: 20 },
  /** A fifth of the two above it: what garbage collection may use of them. */
  'TerminateInstances:background': { burst: 20, refillPerSecond: 1 },
  'TerminateInstances:instances:background': { burst: 200, refillPerSecond: 4 },
} as const satisfies Record<string, BucketSize>;

export type BucketName = keyof typeof BUCKETS;

/** Those of which the provider knows nothing: it never throttles for them. */
export const OUR_SHARES: ReadonlySet<BucketName> = new Set([
  'TerminateInstances:background',
  'TerminateInstances:instances:background',
]);

/** The buckets that one kind of call draws on, and who goes first in them. */
export interface LaneBuckets {
  /** One token for each call. */
  readonly requests: readonly BucketName[];
  /** One token for each instance that is named in it. */
  readonly instances: readonly BucketName[];
  readonly priority: CallPriority;
  /** A call that would have to wait for longer is sent away. */
  readonly patienceSeconds: number;
  /** Many instances stand in one call, so the turn of one of them covers no request of its own. */
  readonly isBatched: boolean;
}

/** So that the time at which a change was counted and the lease that allowed it are still true when it is sent. */
const CHANGE_PATIENCE_SECONDS = 5;
/** A read that waits out a throttle is better than a list that fails: it is worth something for 90 s. */
const READ_PATIENCE_SECONDS = 30;

/** Every kind of call that the backend makes. */
export const LANES = {
  RunInstances: single(['RunInstances'], ['RunInstances:instances']),
  StartInstances: single(['StartInstances'], ['StartInstances:instances']),
  StopInstances: single(['Mutate'], ['StopInstances:instances']),
  TerminateInstances: {
    requests: ['TerminateInstances'],
    instances: ['TerminateInstances:instances'],
    priority: 'user',
    patienceSeconds: CHANGE_PATIENCE_SECONDS,
    isBatched: true,
  },
  /** By garbage collection. */
  CollectInstances: {
    requests: ['TerminateInstances', 'TerminateInstances:background'],
    instances: ['TerminateInstances:instances', 'TerminateInstances:instances:background'],
    priority: 'background',
    patienceSeconds: CHANGE_PATIENCE_SECONDS,
    isBatched: true,
  },
  /** ModifyInstanceAttribute, DeleteVolume and whatever else changes something. */
  Mutate: single(['Mutate']),
  Tags: single(['Tags']),
  /** With a filter or a page. */
  Describe: read('Describe'),
  /** By ids. */
  DescribeUnfiltered: read('DescribeUnfiltered'),
  GetConsoleOutput: read('GetConsoleOutput'),
} as const satisfies Record<string, LaneBuckets>;

export type LaneName = keyof typeof LANES;

/**
 * Terminations that stand in one call once the bucket is empty: a call every 25 s. With the whole burst before them, 5,000 take 10
 * calls, and a person who deletes a tree waits no longer than for the bucket.
 */
export const TERMINATE_LUMP = 500;

function single(
  requests: readonly BucketName[],
  instances: readonly BucketName[] = [],
): LaneBuckets {
  const patienceSeconds = CHANGE_PATIENCE_SECONDS;
  return { requests, instances, priority: 'user', patienceSeconds, isBatched: false };
}

function read(bucket: BucketName): LaneBuckets {
  return { ...single([bucket]), patienceSeconds: READ_PATIENCE_SECONDS };
}
