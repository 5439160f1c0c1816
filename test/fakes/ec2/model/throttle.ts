import { Ec2Error } from '../wire/ec2-error.ts';
import { requestBucketOf, type ResourceBucket } from './bucket-table.ts';
import type { World } from './world.ts';

/** Takes one token of the request's bucket. Throws `RequestLimitExceeded` when there is none. */
export function takeRequest(world: World, action: string, isNarrowed: boolean): void {
  const bucket = requestBucketOf(action, isNarrowed);
  if (world.settings.throttling && !world.requestBuckets.take(bucket, 1, momentOf(world))) {
    throw requestLimitExceeded();
  }
}

/** Takes a token for every instance. Throws `RequestLimitExceeded` when there are fewer, and then takes none. */
export function takeResources(world: World, bucket: ResourceBucket, count: number): void {
  if (world.settings.throttling && !world.resourceBuckets.take(bucket, count, momentOf(world))) {
    throw requestLimitExceeded();
  }
}

/** Whole tokens left in each bucket. */
export function bucketLevels(
  world: World,
): Readonly<Record<'request' | 'resource', Readonly<Record<string, number>>>> {
  return {
    request: world.requestBuckets.levels(momentOf(world)),
    resource: world.resourceBuckets.levels(momentOf(world)),
  };
}

function momentOf({ timeline, settings }: World): { now: number; share: number } {
  return { now: timeline.now(), share: settings.neighbourShare };
}

function requestLimitExceeded(): Ec2Error {
  return new Ec2Error('RequestLimitExceeded', 'Request limit exceeded.');
}
