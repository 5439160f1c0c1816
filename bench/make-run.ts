import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../lib/clock.ts';
import { percentile, printTable } from './support/numbers.ts';

const RUNS = 5;
const PORT = 7_991;
const ROOT = join(import.meta.dirname, '..');

const seconds: number[] = [];
for (let run = 0; run < RUNS; run += 1) {
  seconds.push(await measure());
}
printTable(`make run on an installed checkout → seven running (${RUNS} runs, new data folder)`, [
  {
    measure: 'seconds',
    min: percentile(seconds, 0),
    median: percentile(seconds, 0.5),
    max: percentile(seconds, 1),
    target: '≤ 5',
  },
]);

async function measure(): Promise<number> {
  const dataDir = join(await mkdtemp(join(tmpdir(), 'treeline-bench-')), 'data');
  const env = { ...process.env, TREELINE_DATA_DIR: dataDir, TREELINE_LISTEN: `127.0.0.1:${PORT}` };
  const startedMs = performance.now();
  const child = spawn('make', ['run'], { cwd: ROOT, env, stdio: 'ignore', detached: true });
  while ((await countOnline()) < 7) {
    await systemClock.sleep(20);
  }
  const seconds = (performance.now() - startedMs) / 1000;
  process.kill(-(child.pid ?? 0), 'SIGTERM');
  await once(child, 'exit');
  const clean = spawn('make', ['clean'], { cwd: ROOT, env, stdio: 'ignore' });
  await once(clean, 'exit');
  return seconds;
}

async function countOnline(): Promise<number> {
  try {
    const answer = await fetch(`http://127.0.0.1:${PORT}/api/v1/namespaces/default/workspaces`);
    const { items } = (await answer.json()) as {
      readonly items: readonly { readonly status: { readonly phase?: string } }[];
    };
    return items.filter(({ status }) => status.phase === 'Online').length;
  } catch {
    return 0;
  }
}
