import { spawn, type ChildProcess } from 'node:child_process';
import type { Clock } from '../../lib/clock.ts';

export interface CommandRun {
  /** Program and arguments. */
  readonly command: readonly string[];
  readonly workingDirectory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly input: string;
  readonly timeoutSeconds: number;
  readonly clock: Pick<Clock, 'schedule'>;
  readonly signal: AbortSignal;
}

/** Bytes of an answer; far more env than any process can be started with (Linux: 128 KiB a value). */
const MAX_OUTPUT_BYTES = 1024 * 1024;
/** The end of stderr; its last line is what is wanted. */
const KEPT_ERROR_BYTES = 8 * 1024;

/** What it printed, and how it ended. */
export interface CommandEnd {
  readonly stdout: Buffer;
  /** The last of it. */
  readonly stderr: string;
  /** `exited with code 1`; undefined when it succeeded. */
  readonly failure: string | undefined;
}

/**
 * Runs a command in a session of its own with `input` on its stdin. Rejects when it cannot be started, prints too much,
 * or has not ended in time; then everything it started in that session is killed.
 */
export async function runCommand(run: CommandRun): Promise<CommandEnd> {
  run.signal.throwIfAborted();
  const child = start(run);
  const ended = Promise.withResolvers<CommandEnd>();
  const giveUp = (problem: Error): void => {
    end(child);
    ended.reject(problem);
  };
  const output = collect(child, giveUp);
  child.once('error', giveUp);
  child.once('close', (code, signal) => {
    ended.resolve({ ...output(), failure: describeEnd(code, signal) });
  });
  const { timeoutSeconds, clock } = run;
  const cancel = clock.schedule(timeoutSeconds * 1000, () => {
    giveUp(new Error(`gave no answer within ${timeoutSeconds} s`));
  });
  const abort = (): void => {
    giveUp(new Error('was stopped'));
  };
  run.signal.addEventListener('abort', abort, { once: true });
  try {
    return await ended.promise;
  } finally {
    cancel();
    run.signal.removeEventListener('abort', abort);
  }
}

function start({ command, workingDirectory, env, input }: CommandRun): ChildProcess {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { cwd: workingDirectory, env, stdio: 'pipe', detached: true });
  // EPIPE: one that does not read what it is told.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return child;
}

function collect(
  { stdout, stderr }: ChildProcess,
  giveUp: (problem: Error) => void,
): () => Pick<CommandEnd, 'stdout' | 'stderr'> {
  const printed: Buffer[] = [];
  let bytes = 0;
  let complaint: Buffer = Buffer.alloc(0);
  stdout?.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_OUTPUT_BYTES) {
      giveUp(new Error(`printed more than ${MAX_OUTPUT_BYTES} bytes`));
    } else {
      printed.push(chunk);
    }
  });
  stderr?.on('data', (chunk: Buffer) => {
    complaint = Buffer.concat([complaint, chunk]).subarray(-KEPT_ERROR_BYTES);
  });
  return () => ({ stdout: Buffer.concat(printed), stderr: lastLines(complaint) });
}

/** A line of which the beginning is lost is left out: it may begin with half a secret, which nobody would recognise. */
function lastLines(complaint: Buffer): string {
  const text = complaint.toString('utf8');
  if (complaint.length < KEPT_ERROR_BYTES) {
    return text;
  }
  const end = text.indexOf('\n');
  return end === -1 ? '' : text.slice(end);
}

function end({ pid, stdout, stderr }: ChildProcess): void {
  // What left the session may hold the pipes open for ever.
  stdout?.destroy();
  stderr?.destroy();
  if (pid === undefined) {
    return;
  }
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function describeEnd(code: number | null, signal: NodeJS.Signals | null): string | undefined {
  if (code === 0) {
    return undefined;
  }
  return code === null ? `was ended by ${signal ?? 'a signal'}` : `exited with code ${code}`;
}
