import { sql } from 'kysely';
import type { Db } from '../../store/db.ts';
import type { FakeBackend } from '../fakes/fake-backend.ts';
import type { ProviderState } from '../fakes/provider-state.ts';
import type { Harness } from './harness.ts';
import { TABLES } from './rows.ts';
import type { ClockMark } from './virtual-clock.ts';

/** The world of a harness at one moment: time, PostgreSQL, provider; nothing of any process. */
export interface SavedWorld {
  readonly at: ClockMark;
  readonly backend: FakeBackend;
  readonly provider: ProviderState;
  /** Statements that put every row back. */
  readonly restoreRows: string;
}

/** Activity is a diary that nobody decides from. */
const SAVED_TABLES = TABLES.filter((table) => table !== 'activity');

/** Keeps the world as it is, to begin from it again and again: far cheaper than to bring it about. Ends the leader. */
export async function saveWorld(harness: Harness): Promise<SavedWorld> {
  await harness.kill();
  const { backend, clock, db } = harness;
  const restoreRows = await statementsOf(db);
  return { at: clock.mark(), backend, provider: backend.provider.save(), restoreRows };
}

/** The world is as it was saved, and a new leader takes over in it. */
export async function restoreWorld(harness: Harness, saved: SavedWorld): Promise<void> {
  await harness.kill();
  harness.clock.rewind(saved.at);
  saved.backend.provider.restore(saved.provider);
  await sql.raw(saved.restoreRows).execute(harness.db);
  await harness.lead(saved.backend.another());
}

/** One text, so one round trip. The epoch stays, but its lease must not have been renewed in what is now the future. */
async function statementsOf(db: Db): Promise<string> {
  const deletions = TABLES.map((table) => `delete from ${table}`);
  const insertions = await Promise.all(SAVED_TABLES.map((table) => insertionOf(db, table)));
  const epoch = "update controller_epoch set renewed_at = '-infinity'";
  return [...deletions, ...insertions.flat(), epoch].join(';');
}

async function insertionOf(db: Db, table: string): Promise<readonly string[]> {
  const { rows } = await sql
    .raw<{ readonly text: string | null }>(
      `select jsonb_agg(to_jsonb(one))::text as text from ${table} one`,
    )
    .execute(db);
  return rows.flatMap(({ text }) =>
    text === null
      ? []
      : [
          `insert into ${table} select * from jsonb_populate_recordset(null::${table}, '${text.replaceAll("'", "''")}')`,
        ],
  );
}
