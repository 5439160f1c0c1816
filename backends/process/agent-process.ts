import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentLog } from './agent-log.ts';
import type { Ownership } from './owned-processes.ts';
import { StopSequence } from './stop-sequence.ts';
import { startWatchdog } from './watchdog.ts';

export interface AgentOptions {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  /** Gets the agent's line of `/proc/<pid>/stat` before the agent begins. */
  readonly identityPath: string;
  readonly stopGraceSeconds: number;
  readonly log: AgentLog;
  readonly ownership: Ownership;
  /** Asks for the end: SIGTERM, then after the grace period SIGKILL. */
  readonly stop: AbortSignal;
}

export interface AgentEnd {
  readonly code?: number;
  readonly signal?: string;
}

/**
 * Runs in the agent's process before the agent: says who it is (the start time stays through exec), so that no agent ever
 * runs unnamed, even if the supervisor dies in this very moment. A supervisor that died before the death signal was set up
 * shows as another parent.
 */
const INTRODUCE = `
test "$PPID" = "$1" || exit 125
read -r stat < "/proc/$$/stat" && printf '%s\\n' "$stat" > "$2" || exit 125
shift 2
exec "$@"`;

/** How long the last lines may take after every process of the agent is gone. */
const DRAIN_MILLISECONDS = 1000;

/** Runs the agent until none of its processes is left. Throws when it could not be started at all. */
export async function runAgent(options: AgentOptions): Promise<AgentEnd> {
  mkdirSync(options.workingDirectory, { recursive: true, mode: 0o700 });
  using _watchdog = startWatchdog(options.ownership.key);
  const child = startAgent(options);
  const closed = new Promise((resolve) => child.once('close', resolve));
  const ended = new Promise<AgentEnd>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      resolve({ ...(code === null ? {} : { code }), ...(signal === null ? {} : { signal }) });
    });
  });
  const stopping = new StopSequence(child, options);

  const end = await ended;

  await stopping.endRemaining();
  // Without keeping this process alive once everything is read.
  await Promise.race([closed, sleep(DRAIN_MILLISECONDS, undefined, { ref: false })]);
  // A process that dropped every mark of ours may hold them open for ever, and this process with them.
  child.stdout.destroy();
  child.stderr.destroy();
  return end;
}

function startAgent(options: AgentOptions): ChildProcessByStdio<null, Readable, Readable> {
  const introduce = ['/bin/sh', '-c', INTRODUCE, 'treeline', String(process.pid)];
  const [program = '', ...args] = [
    ...deathSignal(),
    ...introduce,
    options.identityPath,
    ...options.command,
  ];
  const child = spawn(program, args, {
    cwd: options.workingDirectory,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A session and process group of its own: signals reach all of it, and nothing else.
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      options.log.write(chunk);
    });
  }
  return child;
}

/** With util-linux's setpriv the agent dies with its supervisor; without it, it is found again by what it wrote. */
function deathSignal(): readonly string[] {
  const prefix = ['/usr/bin/setpriv', '--pdeathsig', 'KILL'];
  const [program = '', ...args] = prefix;
  const works = existsSync(program) && spawnSync(program, [...args, '/bin/true']).status === 0;
  return works ? prefix : [];
}
