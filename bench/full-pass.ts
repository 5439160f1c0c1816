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

const writesBefore = await countWrites(database.db);
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
    measured: (await countWrites(database.db)) - writesBefore,
    target: '0',
  },
  { measure: 'mutating calls', measured: running.backend.calls.length - callsBefore, target: '0' },
]);

async function countWrites(db: Db): Promise<number> {
  await sql`select pg_stat_force_next_flush()`.execute(db);
  const { rows } = await sql<{ readonly writes: number }>`
    select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::int as writes
      from pg_stat_user_tables`.execute(db);
  return rows[0]?.writes ?? 0;
}
