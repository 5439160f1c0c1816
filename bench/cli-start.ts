import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { percentile, printTable } from './support/numbers.ts';

const RUNS = 20;
const ROOT = join(import.meta.dirname, '..');

/** The verb that loads least, and one that loads what every verb which asks the API does. */
const COMMANDS = [['--help'], ['get', '--help']];

const rows = [];
for (const command of COMMANDS) {
  const milliseconds: number[] = [];
  // The first fills the compile cache, as a person's first command does.
  await start(command);
  for (let run = 0; run < RUNS; run += 1) {
    const startedMs = performance.now();
    await start(command);
    milliseconds.push(performance.now() - startedMs);
  }
  rows.push({
    command: command.join(' '),
    'min ms': percentile(milliseconds, 0),
    'median ms': percentile(milliseconds, 0.5),
    'max ms': percentile(milliseconds, 1),
    target: '≤ 300',
  });
}
printTable(`start of the command line, from source (${RUNS} runs)`, rows);

async function start(command: readonly string[]): Promise<void> {
  const program = join(ROOT, 'cmd', 'treeline.ts');
  const child = spawn(process.execPath, [program, ...command], { cwd: ROOT, stdio: 'ignore' });
  await once(child, 'exit');
}
