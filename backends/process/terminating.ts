import { join } from 'node:path';
import { mark } from './atomic-files.ts';
import { buryInstance } from './ending.ts';
import type { InstanceFolders } from './instance-folders.ts';
import { phaseOf } from './instance-state.ts';
import { INSTANCE_FILE } from './layout.ts';
import { endRun } from './run-control.ts';

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
  const left = folders.read(id)?.run;
  if (left === undefined || phaseOf(left, folders.machine) === 'over') {
    await buryInstance(folders.layout, id);
  }
}
