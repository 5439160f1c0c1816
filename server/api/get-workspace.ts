import type { Db, Transaction } from '../../store/db.ts';
import { findWorkspace, type StoredWorkspace } from '../../store/workspaces.ts';
import { Problem, notFound } from '../problem.ts';

/** Names a workspace, as path parameters do. */
export interface WorkspacePath {
  readonly ns: string;
  readonly name: string;
}

/** Throws a 404 `Problem` when there is none. */
export async function getWorkspace(
  db: Db | Transaction,
  { ns, name }: WorkspacePath,
): Promise<StoredWorkspace> {
  const found = await findWorkspace(db, ns, name);
  if (found === undefined) {
    throw notFound(`Workspace ${ns}/${name}`);
  }
  return found;
}

/** Throws a 409 `Problem` when it, or an ancestor, is paused: work does not change that, only people do. */
export function assertNotPaused({ namespace, name, phase }: StoredWorkspace): void {
  if (phase === 'Paused') {
    const detail = `Workspace ${namespace}/${name} is paused, or below one that is: resume that first`;
    throw new Problem(409, 'Paused', detail);
  }
}

/** Throws a 409 `Problem` when its agent runs elsewhere: nobody here can stop or start it. */
export function assertRunsHere({ namespace, name, spec }: StoredWorkspace): void {
  if (spec.external !== undefined) {
    const detail = `Workspace ${namespace}/${name} runs elsewhere: nobody here can stop or start it`;
    throw new Problem(409, 'ExternalAgent', detail);
  }
}

/** Also throws a 409 `Problem` when it is being deleted: nothing that is asked of it would happen any more. */
export async function getLivingWorkspace(
  tx: Transaction,
  path: WorkspacePath,
): Promise<StoredWorkspace> {
  const found = await getWorkspace(tx, path);
  if (found.deletionRequestedAt !== undefined) {
    throw new Problem(409, 'BeingDeleted', `Workspace ${path.ns}/${path.name} is being deleted`);
  }
  return found;
}
