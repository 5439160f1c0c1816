import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What to run. Nothing of this process's environment is inherited but `PATH`, in which `command` is looked up. */
export interface CommandOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** File descriptor that receives stdout and stderr. */
  readonly output: number;
}

/** How a process ended: one of the two is not null. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface StartedProcess {
  readonly pid: number;
  /** Resolves when the process has ended; never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** Nothing happens when it has ended. */
  kill(signal: NodeJS.Signals): void;
  /** Lets this process end although the other one still runs. */
  unref(): void;
}

/**
 * Starts a command in a session of its own (a Ctrl-C in the terminal does not reach it), without stdin.
 * Throws the system's error (`code` ENOENT, EACCES, ...) when it cannot be started.
 */
export async function startProcess(options: CommandOptions): Promise<StartedProcess> {
  const { command, args, cwd, env, output } = options;
  const child = spawn(command, args, {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', output, output],
    detached: true,
  });
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve({ code, signal });
    });
  });
  await once(child, 'spawn');
  if (child.pid === undefined) {
    throw new Error(`starting ${command}: it has no process id`);
  }
  return {
    pid: child.pid,
    exited,
    kill(signal) {
      child.kill(signal);
    },
    unref() {
      child.unref();
    },
  };
}
