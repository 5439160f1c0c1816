import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { eventually } from '../support/eventually.ts';

const AGENT = fileURLToPath(new URL('../../examples/agent/agent.js', import.meta.url));

/** What `GET /` of the sample agent says, as far as tests look at it. */
export interface SelfDescription {
  readonly configFiles: readonly string[];
  readonly desiredState: string;
  readonly draining: boolean;
  readonly activeTasks: number;
  readonly children: readonly object[];
}

/** The sample agent as a process of its own, with a folder of config files. */
export class AgentProcess implements AsyncDisposable {
  readonly folder: string;
  output = '';
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #ended: Promise<unknown>;

  private constructor(folder: string, env: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.#child = spawn(process.execPath, [AGENT], {
      env: {
        PORT: '0',
        WORKSPACE_ID: 'uid-of-ada',
        WORKSPACE_NAME: 'ada',
        WORKSPACE_ROLE: 'draws',
        WORKSPACE_CONFIG_PATH: folder,
        // Often enough for tests; what comes sooner than a heartbeat is tested with a longer interval.
        HEARTBEAT_SECONDS: '0.05',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#ended = once(this.#child, 'exit').then(([code, signal]: unknown[]) => signal ?? code);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
  }

  /** With these config files; returns when it listens. */
  static async start(
    env: Readonly<Record<string, string>>,
    files: Readonly<Record<string, string>> = { '.auth_token': 'first-token\n' },
  ): Promise<AgentProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'treeline-agent-'));
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(folder, name), text);
    }
    const agent = new AgentProcess(folder, env);
    await eventually({ until: 'it listens' }, () => agent.url);
    return agent;
  }

  get url(): string | undefined {
    return /listens on (\S+)/.exec(this.output)?.[1];
  }

  async write(name: string, text: string): Promise<void> {
    await writeFile(join(this.folder, name), text);
  }

  async describe(): Promise<SelfDescription> {
    return (await (await fetch(this.url ?? '')).json()) as SelfDescription;
  }

  /** The answer of a POST. */
  async post(path: string, body: object = {}): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`${this.url ?? ''}${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  }

  signal(name: 'SIGTERM' | 'SIGHUP'): void {
    this.#child.kill(name);
  }

  /** Exit code, or the signal that ended it. */
  async ended(): Promise<unknown> {
    return await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
    await rm(this.folder, { recursive: true, force: true });
  }
}
