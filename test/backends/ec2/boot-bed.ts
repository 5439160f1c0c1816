import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { DEFAULT_USER_DATA } from '../../../backends/ec2/default-user-data.ts';
import { renderUserData } from '../../../backends/ec2/user-data.ts';

const run = promisify(execFile);

export interface Boot {
  readonly code: number;
  readonly output: string;
}

/** What the controller answers next; the last answer stays. */
export interface Answer {
  readonly status: number;
  /** Paths in the archive to their content. */
  readonly entries?: Readonly<Record<string, string>>;
}

/** A machine without a machine: a folder for its root, and a controller that answers what a test says. */
export class BootBed implements AsyncDisposable {
  /** Method, path and token of every request, in order. */
  readonly requests: string[] = [];
  readonly #folder: string;
  readonly #server: Server;
  #answers: Answer[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
    this.#server = createServer((request, response) => {
      const { method = '', url = '', headers } = request;
      const token = (headers.authorization ?? '').replace('Bearer ', '');
      this.requests.push(`${method} ${url} ${token} ${headers.accept ?? ''}`);
      const answer = (this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0]) ?? {
        status: 500,
      };
      void this.#archive(answer.entries ?? {}).then((body) => {
        response.writeHead(answer.status).end(body);
      });
    });
  }

  static async create(): Promise<BootBed> {
    const bed = new BootBed(await mkdtemp(join(tmpdir(), 'treeline-boot-')));
    bed.#server.listen(0, '127.0.0.1');
    await once(bed.#server, 'listening');
    return bed;
  }

  path(...names: readonly string[]): string {
    return join(this.#folder, 'root', ...names);
  }

  async read(...names: readonly string[]): Promise<string> {
    return await readFile(this.path(...names), 'utf8');
  }

  answer(...answers: readonly Answer[]): void {
    this.#answers = [...answers];
  }

  /** Runs the default user data to its end: the agent is this shell command. */
  async boot(agent: string, env: Readonly<Record<string, string>> = {}): Promise<Boot> {
    const { port } = this.#server.address() as AddressInfo;
    const runtime = { command: ['/bin/sh', '-c', agent], env };
    const platformUrl = `http://127.0.0.1:${port}`;
    const values = { uid: 'uid-1', attempt: 1, bootstrapToken: 'bootstrap-1' };
    const userData = renderUserData({ userData: DEFAULT_USER_DATA, platformUrl, runtime }, values);
    const script = join(this.#folder, 'user-data');
    await writeFile(script, userData);
    const environment = { PATH: process.env['PATH'] ?? '', TREELINE_ROOT: this.path() };
    const child = spawn('/bin/sh', [script], { env: environment });
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number]>,
    ]);
    return { code, output: stdout + stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #archive(entries: Readonly<Record<string, string>>): Promise<Buffer> {
    const folder = await mkdtemp(join(this.#folder, 'archive-'));
    for (const [name, content] of Object.entries(entries)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content, { mode: 0o600 });
    }
    const archive = join(folder, '..', 'archive.tar');
    await run('tar', ['-cf', archive, '-C', folder, '.']);
    return await readFile(archive);
  }
}
