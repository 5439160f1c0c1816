import { setTimeout as sleep } from 'node:timers/promises';
import { UnknownOutcomeError } from '../../lib/errors.ts';
import type { Backend } from '../backend.ts';
import type { InstanceFolders } from './instance-folders.ts';
import type { InstanceFolder } from './instance-reader.ts';
import { instanceId } from './layout.ts';
import { KILL_WAIT_SECONDS } from './limits.ts';
import { isAlive, type ProcessIdentity } from './process-identity.ts';

/** Between two rounds; an agent that ends at once needs about this long. */
const ROUND_MILLISECONDS = 50;
/** Supervisors clear up after the last process is gone. */
const CLEARING_SECONDS = 5;

/**
 * Terminates every instance here and waits until only tombstones are left; answers how many there were. Throws
 * `UnknownOutcomeError` naming those that do not end within their grace period, and `BackendUnavailableError`, with nothing
 * ended, when one runs for the folder that this one was copied from.
 */
export async function endEverything(
  folders: InstanceFolders,
  backend: Pick<Backend, 'terminate'>,
): Promise<number> {
  let left = await listLive(folders);
  // Before any of them is ended: what is refused is refused as a whole.
  left.forEach((folder) => {
    folders.refuseElsewhere(folder);
  });
  const count = left.length;
  const graceSeconds = Math.max(0, ...left.map(({ record }) => record.details.stopGraceSeconds));
  const deadline = performance.now() + (graceSeconds + KILL_WAIT_SECONDS + CLEARING_SECONDS) * 1000;
  const supervisors: ProcessIdentity[] = [];
  while (left.length > 0 || supervisors.some((one) => isAlive(one, folders.machine.bootId))) {
    if (performance.now() > deadline) {
      throw new UnknownOutcomeError(`ending everything: still there: ${left.map(idOf).join(', ')}`);
    }
    // Supervisors clear up a moment longer; whoever removes the folder next must not meet them.
    supervisors.push(...left.flatMap(({ run }) => run?.claim?.supervisor ?? []));
    // Again in every round: one that had begun to start, or lost its supervisor, needs it.
    await Promise.all(left.map((folder) => backend.terminate(idOf(folder))));
    await sleep(ROUND_MILLISECONDS);
    left = await listLive(folders);
  }
  return count;
}

async function listLive(folders: InstanceFolders): Promise<readonly InstanceFolder[]> {
  return (await folders.list((folder) => folder)).filter(
    ({ isTerminated, record }) => !isTerminated && record.machineId === folders.machine.machineId,
  );
}

function idOf({ record }: InstanceFolder): string {
  return instanceId(record.marks.workspaceUid, record.marks.attempt);
}
