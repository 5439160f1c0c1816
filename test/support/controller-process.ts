import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { dirname, join } from 'node:path';
import { eventually } from './eventually.ts';

/** The checkout; relative paths of a class's command start here. */
export const CHECKOUT = join(import.meta.dirname, '..', '..');

/** `PATH` of controllers and agents: this very Node comes first, as npm does it. */
export const PROGRAM_PATH = `${dirname(process.execPath)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;

/** One line of the controller's log. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** How a process ended. */
export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ControllerOptions {
  readonly dataDir: string;
  /** Flags of `treeline run`, beyond data folder, listener and log format. */
  readonly flags: readonly string[];
  /** The user it runs as; only root can choose one. */
  readonly uid?: number;
  /** Its environment beside `PATH`. */
  readonly env?: Readonly<Record<string, string>>;
}

/** `treeline run` as a process of its own: a real controller, with everything that it starts. */
export class ControllerProcess {
  /** What it has logged so far. */
  readonly lines: LogLine[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<End>;
  #end: End | undefined;
  #output = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        this.#end = { code, signal };
        resolve(this.#end);
      });
    });
    this.#read(child.stdout, (line) => {
      this.lines.push(toLogLine(line));
    });
    this.#read(child.stderr);
  }

  static async start({
    dataDir,
    flags,
    uid,
    env = {},
  }: ControllerOptions): Promise<ControllerProcess> {
    const argv = ['run', '--data-dir', dataDir, '--listen', '127.0.0.1:0', '--log-format', 'json'];
    const child = spawn(process.execPath, [join('cmd', 'treeline.ts'), ...argv, ...flags], {
      cwd: CHECKOUT,
      // Nothing of the test's own environment: a DATABASE_URL in it would lead elsewhere.
      env: { PATH: PROGRAM_PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(uid !== undefined && { uid, gid: uid }),
    });
    await once(child, 'spawn');
    return new ControllerProcess(child);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Everything it wrote, for people who look at a failed test. */
  get output(): string {
    return this.#output;
  }

  /** Undefined while it runs. */
  get end(): End | undefined {
    return this.#end;
  }

  /** Steps that it took, as `default/ada Launch`. */
  get actions(): readonly string[] {
    return this.lines
      .filter(({ workspace, action }) => workspace !== undefined && action !== undefined)
      .map(({ workspace, action }) => `${String(workspace)} ${String(action)}`);
  }

  /** Waits for a line of the log; throws at once when the controller ends before. */
  async logged(message: string): Promise<LogLine> {
    const line = await eventually({ until: `the log says "${message}"` }, () => {
      return this.lines.find((one) => one.message === message) ?? this.#end;
    });
    if (line === this.#end) {
      throw new Error(`the controller ended before it said "${message}":\n${this.#output}`);
    }
    return line as LogLine;
  }

  /** Address of its API, as soon as it listens. */
  async url(): Promise<string> {
    return String((await this.logged('API listens'))['url']);
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** How it ended; waits for it. */
  async ended(): Promise<End> {
    await eventually({ until: `controller ${this.pid} has ended` }, () => this.#end);
    return await this.#ended;
  }

  /** As Ctrl-C and a process manager do it. */
  async stop(): Promise<End> {
    this.signal('SIGTERM');
    return await this.ended();
  }

  /** Whatever state it is in. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended();
  }

  #read(stream: ChildProcess['stdout'], onLine: (line: string) => void = () => undefined): void {
    if (stream === null) {
      return;
    }
    createInterface(stream).on('line', (line) => {
      this.#output += `${line}\n`;
      onLine(line);
    });
  }
}

function toLogLine(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return { level: 'none', message: line };
  }
}
