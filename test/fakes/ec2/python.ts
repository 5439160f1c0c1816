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

interface PreparePythonOptions {
  /** Default `python3`. */
  readonly interpreter?: string;
  /** Default: with `CI=true`, where nothing may be skipped. */
  readonly isRequired?: boolean;
}

/**
 * Installs what the suites need into `.cache/python`, unless it is there; safe to be called by several at once. Rejects
 * where there is no Python and it is required.
 */
export async function preparePython({
  interpreter = 'python3',
  isRequired = process.env['CI'] === 'true',
}: PreparePythonOptions = {}): Promise<Python> {
  try {
    const { stdout } = await run(interpreter, [SET_UP, join(PROJECT, '.cache/python')], {
      timeout: LONGEST_SET_UP_MILLISECONDS,
    });
    return { command: stdout.trim(), describe };
  } catch (error) {
    const reason = reasonOf(error, interpreter);
    if (isRequired) {
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

function reasonOf(error: unknown, interpreter: string): string {
  const { code, stderr = '' } = error as { code?: unknown; stderr?: string };
  const [lastLine] = stderr.trim().split('\n').slice(-1);
  return code === 'ENOENT' ? `there is no ${interpreter}` : `boto3 and moto: ${lastLine ?? ''}`;
}
