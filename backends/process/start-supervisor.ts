import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { once } from 'node:events';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { INSTANCE_FILE, type Layout } from './layout.ts';

/** A compiled backend starts the compiled shim. */
const SHIM = fileURLToPath(new URL(`./shim${extname(import.meta.url)}`, import.meta.url));

export interface StartedSupervisor {
  /** True once the process is gone; only known as long as this process lives. */
  hasEnded(): boolean;
}

/**
 * Starts a supervisor for a run; it claims the run, or leaves if another one has. It outlives this process, is in no
 * session with it and gets nothing of its environment. Throws the system's error when it cannot be started.
 */
export async function startSupervisor(
  layout: Layout,
  id: string,
  run: number,
): Promise<StartedSupervisor> {
  const folder = layout.instance(id);
  const output = openSync(join(folder, INSTANCE_FILE.supervisorLog), 'a', 0o600);
  try {
    const child = spawn(process.execPath, [SHIM, layout.root, id, String(run)], {
      cwd: folder,
      env: {},
      stdio: ['ignore', output, output],
      detached: true,
    });
    await once(child, 'spawn');
    child.unref();
    return { hasEnded: () => child.exitCode !== null || child.signalCode !== null };
  } finally {
    closeSync(output);
  }
}
