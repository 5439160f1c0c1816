import type { PreparedLaunch } from '../api/launch.ts';
import type { Backend } from '../backends/backend.ts';
import type { WorkspaceRecord } from '../store/workspace-view.ts';
import type { Wanted } from './wanted.ts';

/** What a launch is prepared from. */
export interface LaunchPreparation {
  readonly record: WorkspaceRecord;
  readonly wanted: Wanted;
  readonly backend: Backend;
}

/**
 * The only maker of a `PreparedLaunch`: asks the backend what the launch will be (reads only) and freezes it.
 * Throws what `Backend.resolve` throws.
 */
export async function prepareLaunch({
  record,
  wanted,
  backend,
}: LaunchPreparation): Promise<PreparedLaunch> {
  const { uid, namespace, name } = record;
  const parameters = await backend.resolve({
    workspaceUid: uid,
    namespace,
    name,
    className: wanted.className,
    classSpec: wanted.classSpec,
    runtime: wanted.runtime,
    tier: wanted.tier,
  });
  return {
    workspaceUid: uid,
    namespace,
    name,
    className: wanted.className,
    backend: wanted.backend,
    parameters,
    inputsHash: wanted.inputsHash,
    configHash: wanted.configHash,
  } as PreparedLaunch;
}
