import { monitorEventLoopDelay } from 'node:perf_hooks';
import { sql } from 'kysely';
import type { Db } from '../store/db.ts';
import { percentile, printTable } from './support/numbers.ts';
import { declareTree, openBenchDatabase, startLeader } from './support/world.ts';

const RECORDS = 10_000;
const PASSES = 100;

await using database = await openBenchDatabase();
await declareTree(database.db, RECORDS);
await using running = await startLeader(database.db);
await running.converged();

const horizon = await nextTransaction(database.db);
const callsBefore = running.backend.calls.length;
const lag = monitorEventLoopDelay({ resolution: 1 });
const passMs: number[] = [];
for (let pass = 0; pass < PASSES + 10; pass += 1) {
  if (pass === 10) {
    lag.enable();
  }
  const startedMs = performance.now();
  await running.leader.resync.once();
  passMs.push(performance.now() - startedMs);
}
lag.disable();
const counted = passMs.slice(10);

printTable(`full pass over ${RECORDS} records with nothing to do (${PASSES} passes after 10)`, [
  { measure: 'p50 ms', measured: percentile(counted, 0.5), target: '≤ 50' },
  { measure: 'p99 ms', measured: percentile(counted, 0.99), target: '≤ 150' },
  { measure: 'event loop lag p99 ms', measured: lag.percentile(99) / 1e6, target: '< 50' },
  {
    measure: 'rows written',
    measured: await countWrittenSince(database.db, horizon),
    target: '0',
  },
  { measure: 'mutating calls', measured: running.backend.calls.length - callsBefore, target: '0' },
]);

/** Rows that transactions after the given one have written; PostgreSQL's own statistics come up to a minute late. */
async function countWrittenSince(db: Db, horizon: string): Promise<number> {
  const { rows } = await sql<{ readonly written: number }>`
    select count(*)::int as written
      from (select xmin from workspaces union all select xmin from launches
            union all select xmin from activity union all select xmin from classes) as row
     where xmin::text::bigint >= ${horizon}::bigint`.execute(db);
  return rows[0]?.written ?? 0;
}

async function nextTransaction(db: Db): Promise<string> {
  const { rows } = await sql<{ readonly id: string }>`
    select pg_snapshot_xmax(pg_current_snapshot())::text as id`.execute(db);
  return rows[0]?.id ?? '0';
}
