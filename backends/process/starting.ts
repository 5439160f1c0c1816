import { join } from 'node:path';
import { ConflictError } from '../../lib/errors.ts';
import type { Bundle } from '../backend.ts';
import { callOffRun } from './claims.ts';
import type { InstanceFolders } from './instance-folders.ts';
import type { InstanceFolder } from './instance-reader.ts';
import { phaseOf } from './instance-state.ts';
import { publishNextRun, type Surroundings } from './launching.ts';
import { INSTANCE_FILE, instanceId } from './layout.ts';
import { releasePorts } from './ports.ts';
import { beginRun, killLeftovers } from './run-control.ts';

/**
 * Begins the first run of an instance that has its folder; later runs and ended instances are left as they are. Throws
 * `ConflictError` when the folder carries another token: ids would be given twice.
 */
export async function beginFirstRun(
  folders: InstanceFolders,
  id: string,
  token: string,
): Promise<InstanceFolder> {
  const folder = folders.read(id);
  if (folder?.record.marks.token !== token) {
    throw new ConflictError('launching instance: its folder carries another token');
  }
  const isHere = folder.record.machineId === folders.machine.machineId;
  if (isHere && folder.run?.number === 1 && !folder.isTerminating) {
    await beginRun(folders, id);
  }
  return folders.read(id) ?? folder;
}

/** Begins another run of a stopped instance, with this bundle. */
export async function startStopped(
  folders: InstanceFolders,
  surroundings: Surroundings,
  { folder, bundle }: { readonly folder: InstanceFolder; readonly bundle: Bundle },
): Promise<void> {
  const { layout } = folders;
  const { workspaceUid, attempt } = folder.record.marks;
  const id = instanceId(workspaceUid, attempt);
  if (!isReadyToBegin(folders, folder, bundle)) {
    await clearLastRun(folders, surroundings, folder);
    await publishNextRun(surroundings, folder, bundle);
  }
  await beginRun(folders, id);
  const heldFolder = join(folder.path, INSTANCE_FILE.ports);
  await releasePorts({ layout, id, heldFolder }, folders.read(id)?.run?.record.port);
}

/** A launch or start with this very bundle was cut off before anybody claimed the run. */
function isReadyToBegin({ machine }: InstanceFolders, { run }: InstanceFolder, bundle: Bundle) {
  return (
    run !== undefined &&
    phaseOf(run, machine) === 'unclaimed' &&
    run.record.configHash === bundle.configHash
  );
}

async function clearLastRun(
  { machine }: InstanceFolders,
  { now }: Surroundings,
  { run }: InstanceFolder,
): Promise<void> {
  if (run === undefined) {
    return;
  }
  if (phaseOf(run, machine) === 'unclaimed' && !callOffRun(run.path, now())) {
    throw new ConflictError('starting instance: somebody else is starting it');
  }
  if (run.exit === undefined) {
    await killLeftovers(run, machine);
  }
}
