import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ConnectionTarget } from '../../store/db.ts';
import { CONTROLLER_FLAGS } from './program.ts';

export interface RestartResult {
  /** From the start of the leader until nothing differs. */
  readonly seconds: number;
  /** Mutating calls; there should be none. */
  readonly calls: number;
  readonly rssMiB: number;
}

/** Runs `restart.ts` in a process of its own. */
export async function runRestart(connection: ConnectionTarget): Promise<RestartResult> {
  const program = join(import.meta.dirname, 'restart.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--expose-gc',
    ...CONTROLLER_FLAGS,
    program,
    JSON.stringify(connection),
  ]);
  return JSON.parse(stdout) as RestartResult;
}
