import { Readable, Writable } from 'node:stream';
import { main } from '../../cmd/main.ts';
import type { Context, Output } from '../../cmd/context.ts';
import { systemClock } from '../../lib/clock.ts';

export interface CliOptions {
  /** Address of the API. */
  readonly server?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly workingDirectory?: string;
  /** What is typed when the command asks; makes all streams a terminal. */
  readonly answers?: string;
  readonly signal?: AbortSignal;
  /** Called with everything that was printed so far, after every piece. */
  readonly onOutput?: (stdout: string) => void;
}

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command line in this process, as the entry does. */
export async function runCli(
  argv: readonly string[],
  options: CliOptions = {},
): Promise<CliResult> {
  const { server, env = {}, workingDirectory = '/', answers, signal } = options;
  const isTerminal = answers !== undefined;
  const stdout = new Captured(isTerminal, options.onOutput);
  const stderr = new Captured(isTerminal);
  const context: Context = {
    env: {
      LANG: 'C.UTF-8',
      NO_COLOR: '1',
      ...(server === undefined ? {} : { TREELINE_SERVER: server }),
      ...env,
    },
    workingDirectory,
    stdin: Object.assign(Readable.from([Buffer.from(answers ?? options.stdin ?? '')]), {
      isTTY: isTerminal,
    }),
    stdout,
    stderr,
    clock: systemClock,
    signal: signal ?? new AbortController().signal,
  };
  const code = await main(argv, context);
  return { code, stdout: stdout.text, stderr: stderr.text };
}

class Captured extends Writable implements Output {
  readonly isTTY: boolean;
  readonly columns = 80;
  readonly #onText: ((text: string) => void) | undefined;
  text = '';

  constructor(isTTY: boolean, onText?: (text: string) => void) {
    super();
    this.isTTY = isTTY;
    this.#onText = onText;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    this.#onText?.(this.text);
    done();
  }
}
