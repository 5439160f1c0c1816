import { percentile, printTable } from './support/numbers.ts';
import { runRestart } from './support/run-restart.ts';
import { declareTree, openBenchDatabase, startLeader } from './support/world.ts';

const SIZES = [1_000, 5_000, 10_000, 20_000, 50_000];
const PASSES = 20;

const rows = [];
for (const records of SIZES) {
  await using database = await openBenchDatabase();
  await declareTree(database.db, records);
  const passMs = await measurePasses(database.db);
  const restart = await runRestart(database.connection);
  rows.push({
    records,
    'pass p50 ms': percentile(passMs, 0.5),
    'pass p99 ms': percentile(passMs, 0.99),
    'pass ms per 1000': (percentile(passMs, 0.5) / records) * 1000,
    'restart s': restart.seconds,
    'mutating calls': restart.calls,
    'RSS MiB': restart.rssMiB,
  });
}

printTable('growth (restart ≤ 5 s, RSS ≤ 250 MB and no calls at 10000; linear)', rows);

async function measurePasses(db: Parameters<typeof startLeader>[0]): Promise<readonly number[]> {
  await using running = await startLeader(db);
  await running.converged();
  const passMs: number[] = [];
  for (let pass = 0; pass < PASSES + 3; pass += 1) {
    const startedMs = performance.now();
    await running.leader.resync.once();
    passMs.push(performance.now() - startedMs);
  }
  return passMs.slice(3);
}
