import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { eventually } from './eventually.ts';

const PROGRAM = fileURLToPath(new URL('controller.program.ts', import.meta.url));

/** A controller in a process of its own (controller.program.ts), to be killed. */
export class ControllerProcess {
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;

  constructor(folder: string, lockWaitSeconds = 10) {
    const args = [PROGRAM, folder, String(lockWaitSeconds)];
    this.#child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#exited = once(this.#child, 'exit');
    const { stdout } = this.#child;
    if (stdout !== null) {
      createInterface(stdout).on('line', (line) => this.lines.push(line));
    }
  }

  /** `ready`, or why it does not start. */
  async firstLine(): Promise<string> {
    return await eventually(() => Promise.resolve(this.lines[0]));
  }

  async untilStored(count: number): Promise<void> {
    await eventually(() => Promise.resolve(this.stored().length >= count || undefined));
  }

  /** The rows that PostgreSQL acknowledged. */
  stored(): number[] {
    return this.lines
      .filter((line) => line.startsWith('stored '))
      .map((line) => Number(line.slice('stored '.length)));
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }
}
