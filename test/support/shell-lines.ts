import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';

/** Lines that a person has pasted into a shell. Disposing of it ends whatever they have started. */
export class ShellLines implements AsyncDisposable {
  output = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;

  constructor(
    lines: string,
    { folder, env = {} }: { readonly folder: string; readonly env?: Record<string, string> },
  ) {
    this.#child = spawn('sh', ['-e', '-c', lines], {
      cwd: folder,
      // Without any variable of the test: what the lines need, they have to say.
      env: { PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that all of it can be ended.
      detached: true,
    });
    this.#ended = once(this.#child, 'exit').then(([code]) => code as number | null);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
  }

  /** Its exit code; null when it was killed. */
  async end(): Promise<number | null> {
    return await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { pid } = this.#child;
    if (pid !== undefined && this.#child.exitCode === null) {
      process.kill(-pid, 'SIGKILL');
      await this.#ended;
    }
  }
}
