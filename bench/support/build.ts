import { execFile } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '..', '..');
const FOLDER = join(ROOT, '.cache', 'bench');

/**
 * Compiles a program of this folder, as the image has it: reading TypeScript costs Node some 25 MB. Answers where the JavaScript
 * is. Throws what the compiler prints.
 */
export async function build(file: string): Promise<string> {
  await mkdir(FOLDER, { recursive: true });
  const project = join(FOLDER, 'tsconfig.json');
  await writeFile(
    project,
    JSON.stringify({
      extends: join(ROOT, 'tsconfig.build.json'),
      compilerOptions: { noCheck: true, outDir: FOLDER, rootDir: ROOT },
      include: [join(import.meta.dirname, file)],
    }),
  );
  await promisify(execFile)(process.execPath, [
    join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'),
    '-p',
    project,
  ]);
  // Says that these are modules, and the version.
  await copyFile(join(ROOT, 'package.json'), join(FOLDER, 'package.json'));
  return join(FOLDER, 'bench', 'support', file.replace(/\.ts$/, '.js'));
}
