import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ec2Instance } from '../model/instance.ts';
import type { Guests } from '../model/world.ts';
import { Guardian, RUN_VARIABLE } from './guardian.ts';
import { INSTANCE_VARIABLE } from './processes.ts';
import { Reaper } from './reaper.ts';
import { interpreterOf } from './user-data.ts';

export interface BootOptions {
  /** The variable that names an instance's folder to its user data. Default `TREELINE_ROOT`. */
  readonly rootVariable?: string;
  /** More variables for every user data. They have `PATH` and `HOME`; nothing else of the fake's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs user data as local processes. Each instance has a folder; a start runs its user data again in the same folder, as
 * cloud-init does with the scripts that it runs at every boot. Linux only: it knows the processes by `/proc`.
 */
export class LocalGuests implements Guests {
  readonly #folder: string;
  readonly #options: BootOptions;
  readonly #run = randomUUID();
  readonly #reaper = new Reaper(`${RUN_VARIABLE}=${this.#run}`);
  readonly #guardian: Guardian;
  /** What ended instances had written. */
  readonly #lastWords = new Map<string, string>();

  private constructor(folder: string, options: BootOptions) {
    this.#folder = folder;
    this.#options = options;
    this.#guardian = new Guardian(this.#run, folder);
  }

  static async start(options: BootOptions): Promise<LocalGuests> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'treeline-fake-ec2-')));
    return new LocalGuests(folder, options);
  }

  rootOf(instanceId: string): string {
    return join(this.#folder, instanceId, 'root');
  }

  boot({ id, parameters }: Ec2Instance): void {
    const root = this.rootOf(id);
    mkdirSync(root, { recursive: true });
    const userData = Buffer.from(parameters.userData, 'base64').toString();
    const interpreter = interpreterOf(userData);
    if (interpreter === undefined) {
      this.#say(id, 'fake EC2: the user data is no script');
      return;
    }
    const file = join(this.#folder, id, 'user-data');
    writeFileSync(file, userData);
    const console = openSync(this.#consoleOf(id), 'a');
    const child = spawn(interpreter.command, [...interpreter.argument, file], {
      cwd: root,
      env: this.#envOf(id, root),
      detached: true,
      stdio: ['ignore', console, console],
    });
    closeSync(console);
    child.once('error', (error) => {
      this.#say(id, `fake EC2: the user data does not run: ${error.message}`);
    });
    child.unref();
  }

  async shutDown({ id }: Ec2Instance, isForced: boolean): Promise<void> {
    await this.#reaper.end(id, isForced);
  }

  async destroy(instance: Ec2Instance): Promise<void> {
    await this.#reaper.end(instance.id, true);
    this.#lastWords.set(instance.id, this.readConsole(instance));
    rmSync(join(this.#folder, instance.id), { recursive: true, force: true });
  }

  readConsole({ id }: Ec2Instance): string {
    const file = this.#consoleOf(id);
    return existsSync(file) ? readFileSync(file, 'utf8') : (this.#lastWords.get(id) ?? '');
  }

  /** Kills what is left and removes every folder. */
  async close(): Promise<void> {
    await this.#guardian.end();
  }

  #consoleOf(id: string): string {
    return join(this.#folder, id, 'console.log');
  }

  #say(id: string, text: string): void {
    appendFileSync(this.#consoleOf(id), `${text}\n`);
  }

  #envOf(id: string, root: string): Readonly<Record<string, string>> {
    return {
      PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
      HOME: root,
      ...this.#options.env,
      [this.#options.rootVariable ?? 'TREELINE_ROOT']: root,
      [INSTANCE_VARIABLE]: id,
      [RUN_VARIABLE]: this.#run,
    };
  }
}
