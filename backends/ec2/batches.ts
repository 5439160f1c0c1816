import type { Clock } from '../../lib/clock.ts';
import { NotFoundError } from '../../lib/errors.ts';
import { askTogether } from './ask-together.ts';
import { Batcher, type Outcome, type Outcomes } from './batcher.ts';
import { BUCKETS } from './bucket-table.ts';
import { VALUES_PER_FILTER } from './limits.ts';
import { usableTokens } from './token-bucket.ts';

/** Single describes wait for others at most this long (ec2.md, "Lanes"), */
const DESCRIBE_WINDOW_MS = 100;
/** and so many stand in one call. */
const DESCRIBE_IDS = 500;

/** A termination that comes alone waits this long for others. */
const TERMINATE_QUIET_MS = 250;
/** As long as terminations keep coming, up to this; a thousand passes take some seconds to ask for theirs. */
const TERMINATE_LONGEST_MS = 5000;
/** EC2 takes 1000 ids a call; more than the bucket ever holds would wait for ever. */
const TERMINATE_IDS = Math.floor(usableTokens(BUCKETS['TerminateInstances:instances']));

export interface DescribeBatchOptions<I> {
  readonly clock: Clock;
  /** Those of these ids that there are; throws errors of `lib/errors.ts`. */
  readonly describe: (ids: readonly string[]) => Promise<readonly I[]>;
  readonly idOf: (seen: I) => string | undefined;
}

/** Looks at single instances, many in one call. Of an id that EC2 does not know the answer is undefined. */
export function createDescribeBatch<I>(options: DescribeBatchOptions<I>): Batcher<I | undefined> {
  const { clock, describe, idOf } = options;
  const send = async (ids: readonly string[]): Promise<Outcomes<I | undefined>> => {
    const outcomes = await askTogether(ids, async (some) => {
      const found = new Map((await describe(some)).map((seen) => [idOf(seen), seen]));
      return (id) => found.get(id);
    });
    return new Map([...outcomes].map(([id, outcome]) => [id, orUndefined(outcome)]));
  };
  return new Batcher({
    clock,
    quietMs: DESCRIBE_WINDOW_MS,
    longestMs: DESCRIBE_WINDOW_MS,
    mostKeys: DESCRIBE_IDS,
    send,
  });
}

function orUndefined<V>(outcome: Outcome<V>): Outcome<V | undefined> {
  return 'error' in outcome && outcome.error instanceof NotFoundError
    ? { value: undefined }
    : outcome;
}

export interface VolumeBatchOptions<V> {
  readonly clock: Clock;
  /** All volumes of these workspaces; throws errors of `lib/errors.ts`. */
  readonly describe: (uids: readonly string[]) => Promise<readonly V[]>;
  readonly ownerOf: (volume: V) => string;
}

/** Looks for the volumes of single workspaces, many in one call: a fleet that is deleted asks for each of its own. */
export function createVolumeBatch<V>(options: VolumeBatchOptions<V>): Batcher<readonly V[]> {
  const { clock, describe, ownerOf } = options;
  return new Batcher<readonly V[]>({
    clock,
    quietMs: DESCRIBE_WINDOW_MS,
    longestMs: DESCRIBE_WINDOW_MS,
    mostKeys: VALUES_PER_FILTER,
    send: async (uids) => {
      const byOwner = Map.groupBy(await describe(uids), ownerOf);
      return new Map(uids.map((uid) => [uid, { value: byOwner.get(uid) ?? [] }]));
    },
  });
}

export interface TerminateBatchOptions {
  readonly clock: Clock;
  /** Throws errors of `lib/errors.ts`. */
  readonly terminate: (ids: readonly string[]) => Promise<void>;
}

/**
 * Terminates instances, many in one call. `NotFoundError` for one that EC2 does not know, `TerminalError` for one that is
 * protected, each for its id alone.
 */
export function createTerminateBatch(options: TerminateBatchOptions): Batcher<void> {
  const { clock, terminate } = options;
  const call = async (ids: readonly string[]): Promise<() => void> => {
    await terminate(ids);
    return () => undefined;
  };
  return new Batcher({
    clock,
    quietMs: TERMINATE_QUIET_MS,
    longestMs: TERMINATE_LONGEST_MS,
    mostKeys: TERMINATE_IDS,
    send: (ids) => askTogether(ids, call),
  });
}
