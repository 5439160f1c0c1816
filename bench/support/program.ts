import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** As in cmd/treeline.ts, where the reasons stand. */
export const CONTROLLER_FLAGS = ['--max-semi-space-size=4', '--heap-growing-percent=20'];

/** Another program of this folder, in a process of its own, that reads lines and prints lines of JSON. */
export class Program {
  readonly #child;
  readonly #lines: AsyncIterator<string>;
  readonly ended: Promise<unknown>;

  constructor(file: string, ...parameters: readonly string[]) {
    const path = resolve(import.meta.dirname, file);
    const command = [...CONTROLLER_FLAGS, path, ...parameters];
    this.#child = spawn(process.execPath, command, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.ended = once(this.#child, 'exit');
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  send(value: unknown): void {
    this.#child.stdin.write(`${JSON.stringify(value)}\n`);
  }

  /** What it prints next. Throws when it ended. */
  async next<T>(): Promise<T> {
    const line = await this.#lines.next();
    if (line.done === true) {
      throw new Error('bench: the program ended');
    }
    return JSON.parse(line.value) as T;
  }

  /** Lets it end by itself. */
  end(): void {
    this.#child.stdin.end();
  }
}
