import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Bundle, LaunchIntent } from '../../../backends/backend.ts';

const PROGRAM = fileURLToPath(new URL('./launch-in-another-process.ts', import.meta.url));

export interface OtherController {
  readonly process: ChildProcess;
  /** Resolves when it has ended, however. */
  readonly ended: Promise<void>;
}

/** A controller in a process of its own that launches an intent, or starts the instance `start`. */
export function runOtherController(
  folder: string,
  work: { readonly intent: LaunchIntent; readonly bundle: Bundle; readonly start?: string },
): OtherController {
  const child = spawn(process.execPath, [PROGRAM, folder, JSON.stringify(work)], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { CONTROLLERS_SECRET: 'not for agents' },
  });
  return {
    process: child,
    ended: new Promise((resolve) => {
      child.once('exit', () => {
        resolve();
      });
    }),
  };
}
