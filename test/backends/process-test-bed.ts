import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkspaceClassSpec } from '../../api/workspace-class.ts';
import { readMachine, type Machine } from '../../backends/process/machine.ts';
import { ProcessBackend } from '../../backends/process/process-backend.ts';
import { systemClock } from '../../lib/clock.ts';
import { INSTALLATION_ID } from './intents.ts';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export interface OpenOptions {
  readonly installationId?: string;
  readonly machine?: Machine;
}

/** A data folder of its own, and backends on it; everything that was started in it is ended when the test is over. */
export class ProcessTestBed implements AsyncDisposable {
  readonly folder: string;
  readonly machine: Machine = readMachine();

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<ProcessTestBed> {
    return new ProcessTestBed(await mkdtemp(join(tmpdir(), 'treeline-process-')));
  }

  async open({ installationId, machine }: OpenOptions = {}): Promise<ProcessBackend> {
    return await ProcessBackend.open({
      folder: this.folder,
      installationId: installationId ?? INSTALLATION_ID,
      machine: machine ?? this.machine,
      clock: systemClock,
      workingDirectory: this.folder,
      path: PATH,
    });
  }

  path(...names: readonly string[]): string {
    return join(this.folder, ...names);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const backend = await this.open();
    await backend.endEverything();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A class whose runtimes run these shell scripts. */
export function shellClass(
  scripts: Readonly<Record<string, string>>,
  parameters: { readonly portRange?: string; readonly stopGracePeriod?: string } = {},
): WorkspaceClassSpec {
  const runtimes = Object.entries(scripts).map(([name, script]) => [
    name,
    { command: ['sh', '-c', script] },
  ]);
  return {
    backend: 'process',
    process: { runtimes: Object.fromEntries(runtimes) as never, ...parameters },
  };
}

/** Polls until it is so, with a deadline: for what happens in other processes. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) {
      throw new Error(`did not happen within 15 s: ${what}`);
    }
    await systemClock.sleep(10);
  }
}
