import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

// Runs every measurement of this folder, or those named (`node bench/all.ts full-pass`), one after the other and each in
// a process of its own, so that none is measured with another's heap. What they share is in bench/support/.
const wanted = process.argv.slice(2);

async function listMeasurements(): Promise<string[]> {
  const files = await readdir(import.meta.dirname);
  const names = files
    .filter((file) => file.endsWith('.ts') && file !== basename(import.meta.filename))
    .map((file) => basename(file, '.ts'));
  return names.filter((name) => wanted.length === 0 || wanted.includes(name)).sort();
}

async function run(name: string): Promise<boolean> {
  process.stdout.write(`\n== ${name}\n`);
  const file = join(import.meta.dirname, `${name}.ts`);
  // The gauge of memory needs to collect garbage before it looks.
  const child = spawn(process.execPath, ['--expose-gc', file], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0;
}

for (const name of await listMeasurements()) {
  if (!(await run(name))) {
    process.stderr.write(`bench/${name}.ts failed\n`);
    process.exitCode = 1;
  }
}
