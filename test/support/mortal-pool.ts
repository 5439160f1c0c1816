import { Kysely, PostgresDialect } from 'kysely';
import type { Pool, PoolClient, QueryResult } from 'pg';
import type { Db } from '../../store/db.ts';
import type { Database } from '../../store/tables.ts';
import { translatingPool } from '../../store/translating-pool.ts';
import type { MortalProcess } from './mortal-process.ts';

/**
 * The connections of one process, on a real pool that outlives it: every statement, `begin` and `commit` included, is a
 * call that the process can die at. What PostgreSQL does when a connection is lost happens when a dead process gives
 * one back: its open transaction is rolled back.
 */
export function mortalDb(pool: Pool, life: MortalProcess): Db {
  const mortal = {
    options: pool.options,
    connect: async () => {
      const client = await life.wait(async () => {
        await life.beforeConnect();
        return await pool.connect();
      });
      return mortalClient(client, life);
    },
    end: () => Promise.resolve(),
  };
  return new Kysely<Database>({
    dialect: new PostgresDialect({ pool: translatingPool(mortal as unknown as Pool) }),
  });
}

function mortalClient(client: PoolClient, life: MortalProcess): PoolClient {
  const mortal = {
    query: (statement: string | Statement, parameters: readonly unknown[] = []) => {
      const { text, values } =
        typeof statement === 'string' ? { text: statement, values: parameters } : statement;
      return life.call({
        name: text.trim().replace(/\s+/g, ' ').slice(0, 60),
        send: () => send(client, text, values),
      });
    },
    on: client.on.bind(client),
    removeListener: client.removeListener.bind(client),
    release: () => {
      giveBack(client, life);
    },
  };
  return mortal as unknown as PoolClient;
}

/** What `store/translating-pool.ts` sends. */
interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

function giveBack(client: PoolClient, { isDead }: MortalProcess): void {
  if (!isDead) {
    client.release();
    return;
  }
  client.query('rollback').then(
    () => {
      client.release();
    },
    (error: unknown) => {
      client.release(error as Error);
    },
  );
}

/** The same texts come thousands of times; planning them once per connection halves the time of a pass. */
async function send(
  client: PoolClient,
  text: string,
  values: readonly unknown[],
): Promise<QueryResult> {
  const result =
    values.length === 0
      ? await client.query<Row>(text)
      : await client.query<Row>({ name: nameOf(text), text, values: [...values] });
  // Several statements in one text answer a list of results.
  if (!Array.isArray(result) && !/order by/i.test(text)) {
    // Without it PostgreSQL may answer in any order, and does after deletions; the same one makes runs repeatable.
    result.rows.sort((a, b) => compareText(a.uid ?? '', b.uid ?? ''));
  }
  return result;
}

interface Row {
  readonly uid?: string;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

const names = new Map<string, string>();

function nameOf(text: string): string {
  const name = names.get(text) ?? `s${names.size}`;
  names.set(text, name);
  return name;
}
