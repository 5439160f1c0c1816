import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../lib/clock.ts';

/** A stream that may be a terminal. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };
export type Input = Readable & { readonly isTTY?: boolean };

/** The world as a command sees it; tests give their own. */
export interface Context {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute; relative paths of the command line start here. */
  readonly workingDirectory: string;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly clock: Clock;
  /** Aborted by Ctrl-C and SIGTERM; requests and waits end with it. */
  readonly signal: AbortSignal;
  /** From now on a stream that takes no more text loses it, and the process goes on. None: nobody minds. */
  readonly outliveOutput?: () => void;
}

/** One line on stdout. */
export function print(context: Context, line: string): void {
  context.stdout.write(`${line}\n`);
}

/** One line on stderr, for warnings and progress that a pipe must not see. */
export function warn(context: Context, line: string): void {
  context.stderr.write(`${line}\n`);
}
