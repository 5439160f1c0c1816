import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mark } from './atomic-files.ts';
import { buryInstance } from './ending.ts';
import type { InstanceFolders } from './instance-folders.ts';
import type { Run } from './instance-reader.ts';
import { phaseOf } from './instance-state.ts';
import { INSTANCE_FILE } from './layout.ts';
import { POLL_MILLISECONDS } from './limits.ts';
import { endRun } from './run-control.ts';

/** How long a call waits for a supervisor that is about to go; whoever still sees the instance asks again. */
const CLEARING_MILLISECONDS = 500;

/**
 * Marks an instance for its end and asks its processes to end. What nobody supervises any more is buried at once, the rest
 * by its supervisor. Nothing happens when it is gone. Throws `BackendUnavailableError` when it is on another machine.
 */
export async function terminateInstance(
  folders: InstanceFolders,
  id: string,
  now: Date,
): Promise<void> {
  const folder = folders.read(id);
  if (folder === undefined || folder.isTerminated) {
    return;
  }
  folders.refuseElsewhere(folder);
  mark(join(folder.path, INSTANCE_FILE.terminating));
  // Read after the mark: a run that is not seen here finds the mark before it begins.
  const run = folders.read(id)?.run;
  if (run !== undefined) {
    await endRun(run, folders.machine, now);
  }
  const left = await untilUnattended(folders, id);
  const isOver = left === undefined || phaseOf(left, folders.machine) === 'over';
  if (isOver && left?.isSupervised !== true) {
    await buryInstance(folders.layout, id);
  }
}

/** A supervisor whose agent has ended buries it, or goes because it looked for the mark just before: it takes milliseconds. */
async function untilUnattended(folders: InstanceFolders, id: string): Promise<Run | undefined> {
  const deadline = performance.now() + CLEARING_MILLISECONDS;
  for (;;) {
    const run = folders.read(id)?.run;
    const isClearing = run?.isSupervised === true && phaseOf(run, folders.machine) === 'over';
    if (!isClearing || performance.now() > deadline) {
      return run;
    }
    await sleep(POLL_MILLISECONDS);
  }
}
