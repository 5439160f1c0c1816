import type { Selectable } from 'kysely';
import type { Phase, WorkspaceStatus } from '../api/conditions.ts';
import type { WorkspaceSpec } from '../api/workspace.ts';
import type { Directories, Layout } from './declared-object.ts';
import type { WorkspacesTable } from './tables.ts';
import type { Hibernation, WorkspaceFailures, WorkspaceRequests } from './workspace-facts.ts';

/** A whole row of `workspaces`, as people and the API see it; the reconciler reads `WorkspaceView`. */
export interface StoredWorkspace {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly applySet: string;
  readonly origin?: string;
  readonly ownerUid?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** As declared; `collapsed` and `layout` below say how they are now. */
  readonly spec: WorkspaceSpec;
  readonly specHash: string;
  readonly directories: Directories;
  readonly generation: number;
  readonly parentName?: string;
  /** Absent while the parent does not exist. */
  readonly parentId?: string;
  readonly collapsed: boolean;
  readonly layout?: Layout;
  readonly requests: WorkspaceRequests;
  /** The name was declared again and waits for the release. */
  readonly hasNextDeclaration: boolean;
  readonly failures?: WorkspaceFailures;
  readonly hibernation?: Hibernation;
  readonly phase: Phase;
  /** Absent until a reconciler wrote one. */
  readonly status?: WorkspaceStatus;
  readonly ready: boolean;
  readonly observedGeneration: number;
  readonly deletionRequestedAt?: Date;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export function toStoredWorkspace(row: Selectable<WorkspacesTable>): StoredWorkspace {
  return {
    uid: row.uid,
    namespace: row.namespace,
    name: row.name,
    applySet: row.apply_set,
    labels: row.labels,
    annotations: row.annotations,
    spec: row.spec,
    specHash: row.spec_hash,
    directories: row.directories,
    generation: row.generation,
    collapsed: row.collapsed,
    requests: row.requests,
    hasNextDeclaration: row.next_declaration !== null,
    phase: row.phase,
    ready: row.ready,
    observedGeneration: row.observed_generation,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    ...optionalFields(row),
  };
}

function optionalFields(row: Selectable<WorkspacesTable>): Partial<StoredWorkspace> {
  return {
    ...(row.origin !== null && { origin: row.origin }),
    ...(row.owner_uid !== null && { ownerUid: row.owner_uid }),
    ...(row.parent_name !== null && { parentName: row.parent_name }),
    ...(row.parent_id !== null && { parentId: row.parent_id }),
    ...(row.layout !== null && { layout: row.layout }),
    ...(row.failures !== null && { failures: row.failures }),
    ...(row.hibernation !== null && { hibernation: row.hibernation }),
    ...(row.status_hash !== '' && { status: row.status }),
    ...(row.deletion_requested_at !== null && { deletionRequestedAt: row.deletion_requested_at }),
  };
}
