import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type { Pool, PoolClient, QueryResult } from 'pg';
import { StoreUnavailableError } from '../lib/errors.ts';
import { sha256Hex } from '../lib/hash.ts';
import { translateStoreError } from './translate.ts';

/** The one place where errors of `pg` become ours. A connection that was lost is not given out again. */
export function translatingPool(pool: Pool): PostgresPool {
  return {
    options: pool.options,
    connect: async () => translatingClient(await translated(pool.connect())),
    end: () => pool.end(),
  };
}

function translatingClient(client: PoolClient): PostgresPoolClient {
  let lost: StoreUnavailableError | undefined;

  // Between two statements of a transaction the loss is no answer to anything; the next statement tells the reason.
  function noteLoss(error: Error): void {
    lost = new StoreUnavailableError(`using PostgreSQL: ${error.message}`, { cause: error });
  }

  async function query(text: string, parameters: readonly unknown[] = []): Promise<QueryResult> {
    // An answer that did not come in time may still come: a rollback sent now would wait behind it.
    if (lost !== undefined) {
      throw lost;
    }
    try {
      const name = preparedNameOf(text);
      return await translated(
        client.query({ text, values: [...parameters], ...(name !== undefined && { name }) }),
      );
    } catch (error) {
      lost ??= error instanceof StoreUnavailableError ? error : undefined;
      throw error;
    }
  }

  client.on('error', noteLoss);
  return {
    // kysely also has an overload for cursors; Treeline streams no rows.
    query: query as unknown as PostgresPoolClient['query'],
    release(discard) {
      client.removeListener('error', noteLoss);
      client.release(discard === true || lost !== undefined);
    },
  };
}

/**
 * Statements that are planned once per connection: those that begin with such a comment, because planning costs more
 * than running where one statement reads much by keys; and all that write, which shortens the launch of a thousand by
 * a sixth (bench/launch.ts). Only for what names its columns (no `*`): a later schema would refuse the old plan.
 */
function preparedNameOf(text: string): string | undefined {
  return WRITING.test(text) && !text.endsWith(' returning *')
    ? sha256Hex(text).slice(0, PREPARED_NAME_LENGTH)
    : /^\s*\/\* prepared: ([a-z-]+) \*\//.exec(text)?.[1];
}

const WRITING = /^\s*(?:insert|update) /;
/** PostgreSQL cuts names at 63. */
const PREPARED_NAME_LENGTH = 32;

async function translated<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw translateStoreError(error);
  }
}
