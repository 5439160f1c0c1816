import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Python } from './python.ts';

const PROGRAM = join(import.meta.dirname, 'python/moto-server.py');

/** moto, the second implementation of the EC2 API, on a free port of the loopback interface. */
export class MotoServer implements AsyncDisposable {
  /** What a client takes as its `endpoint`; any credentials do. */
  readonly url: string;
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;

  private constructor(process: ChildProcessByStdio<Writable, Readable, null>, url: string) {
    this.#process = process;
    this.url = url;
  }

  /** Rejects when it does not start. It ends with this process, however that ends. */
  static async start({ command }: Python): Promise<MotoServer> {
    const child = spawn(command, [PROGRAM], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, MOTO_ENABLE_AMI_VALIDATION: 'true' },
    });
    for await (const line of createInterface({ input: child.stdout })) {
      child.stdout.resume();
      return new MotoServer(child, line);
    }
    throw new Error('starting moto: it ended without an address');
  }

  /** Forgets everything that was made. */
  async reset(): Promise<void> {
    await fetch(`${this.url}/moto-api/reset`, { method: 'POST' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.stdin.end();
    await ended;
  }
}
