import { systemClock } from '../lib/clock.ts';
import { EXIT } from './exit-codes.ts';
import { main } from './main.ts';
import { readProcess } from './options.ts';

/**
 * Runs one command line in this process and leaves its exit code in `process.exitCode`.
 * The first Ctrl-C or SIGTERM ends requests and waits, the second ends the process.
 */
export async function enter(process: NodeJS.Process): Promise<void> {
  const { arguments: argv, env } = readProcess(process);
  const outliveOutput = endSilentlyWithoutReader(process);
  process.exitCode = await main(argv, {
    env,
    workingDirectory: process.cwd(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    clock: systemClock,
    signal: interruption(process),
    outliveOutput,
  });
}

function interruption(process: NodeJS.Process): AbortSignal {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) {
      process.exit(EXIT.interrupted);
    }
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return controller.signal;
}

/**
 * `treeline get workspaces | head -1`: the reader has what it wanted, that is no error. Any other failure is told once.
 * The answer is called by who has to live on: a log that nobody reads, or on a full disk, must not end a controller.
 */
function endSilentlyWithoutReader(process: NodeJS.Process): () => void {
  let isOutlived = false;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      if (isOutlived) {
        return;
      }
      if (code !== 'EPIPE' && stream !== process.stderr) {
        process.stderr.write(`writing the output: ${message}\n`);
      }
      process.exit(code === 'EPIPE' ? EXIT.ok : EXIT.failure);
    });
  }
  return () => {
    isOutlived = true;
  };
}
