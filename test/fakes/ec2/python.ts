import { describe } from '@jest/globals';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const PROJECT = join(import.meta.dirname, '../../..');
const SET_UP = join(import.meta.dirname, 'python/set-up.py');
/** A first installation takes one minute on a machine with nothing else to do. */
const LONGEST_SET_UP_MILLISECONDS = 900_000;

/** A Python that has boto3 and moto, or why there is none. */
export interface Python {
  /** Throws where there is none. */
  readonly command: string;
  /** As Jest's `describe`; without Python the suite is reported as skipped, and its title says why. */
  readonly describe: (title: string, suite: () => void) => void;
}

/**
 * Installs what the suites need into `.cache/python`, unless it is there; safe to be called by several at once. With
 * `CI=true` it rejects where there is no Python: nothing may be skipped there.
 */
export async function preparePython(): Promise<Python> {
  try {
    const { stdout } = await run('python3', [SET_UP, join(PROJECT, '.cache/python')], {
      timeout: LONGEST_SET_UP_MILLISECONDS,
    });
    return { command: stdout.trim(), describe };
  } catch (error) {
    const reason = reasonOf(error);
    if (process.env['CI'] === 'true') {
      throw new Error(`CI needs Python with boto3 and moto: ${reason}`, { cause: error });
    }
    return missing(reason);
  }
}

function missing(reason: string): Python {
  return {
    get command(): string {
      throw new Error(reason);
    },
    describe: (title, suite) => {
      describe.skip(`${title} (skipped, because ${reason})`, suite);
    },
  };
}

function reasonOf(error: unknown): string {
  const { code, stderr = '' } = error as { code?: unknown; stderr?: string };
  const [lastLine] = stderr.trim().split('\n').slice(-1);
  return code === 'ENOENT' ? 'there is no python3' : `boto3 and moto: ${lastLine ?? ''}`;
}
