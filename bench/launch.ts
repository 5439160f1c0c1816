import { setImmediate } from 'node:timers/promises';
import { percentile, printTable } from './support/numbers.ts';
import { declareTree, openBenchDatabase, startLeader } from './support/world.ts';

const RECORDS = 1_000;
const RUNS = 5;

const seconds: number[] = [];
const storedSeconds: number[] = [];
for (let run = 0; run < RUNS; run += 1) {
  await using database = await openBenchDatabase();
  await using running = await startLeader(database.db);
  const startedMs = performance.now();
  await declareTree(database.db, RECORDS);
  const firstPass = running.converged();
  while (running.backend.provider.liveInstances().length < RECORDS) {
    await setImmediate();
  }
  seconds.push((performance.now() - startedMs) / 1000);
  await firstPass;
  storedSeconds.push((performance.now() - startedMs) / 1000);
}

printTable(`${RECORDS} workspaces applied, fake backend, real PostgreSQL (${RUNS} runs)`, [
  row('all launched s', seconds, '≤ 2.5'),
  row('all Online in the database s', storedSeconds, '-'),
]);

function row(measure: string, samples: readonly number[], target: string) {
  return {
    measure,
    min: percentile(samples, 0),
    median: percentile(samples, 0.5),
    max: percentile(samples, 1),
    target,
  };
}
