import { UNTOUCHED_STATUS } from '../api/conditions.ts';
import { CLUSTER_SCOPE, type Kind } from '../api/objects.ts';
import { API_VERSION } from '../api/schema.ts';
import type { WorkspaceSpec } from '../api/workspace.ts';
import type { PlainKind } from '../store/kind-tables.ts';
import type { ObjectRecord } from '../store/objects.ts';
import type { StoredWorkspace } from '../store/workspaces.ts';
import type { ApiObject, ObjectMetadata, WorkspaceObject } from './contract.ts';

type DeclaredMetadata = Pick<StoredWorkspace, 'namespace' | 'name' | 'labels' | 'annotations'>;
type StoredMetadata = DeclaredMetadata &
  Pick<
    StoredWorkspace,
    'uid' | 'applySet' | 'ownerUid' | 'origin' | 'generation' | 'createdAt' | 'deletionRequestedAt'
  >;

/** A class, template or org as the API shows it. */
export function toApiObject(record: ObjectRecord<PlainKind>): ApiObject {
  const status = { ...record.status };
  return {
    apiVersion: API_VERSION,
    kind: record.kind,
    metadata: toMetadata(record),
    spec: { ...record.spec },
    ...(Object.keys(status).length > 0 && { status }),
  };
}

/** A workspace as the API shows it; `waiting for controller` while no controller has looked at it. */
export function toWorkspaceObject(record: StoredWorkspace): WorkspaceObject {
  return {
    apiVersion: API_VERSION,
    kind: 'Workspace',
    metadata: toMetadata(record),
    spec: toEffectiveSpec(record),
    status: record.status ?? UNTOUCHED_STATUS,
  };
}

/** The declared spec, with `collapsed` and `layout` as they are now; not folded is shown only where it was declared. */
export function toEffectiveSpec({
  spec,
  collapsed,
  layout,
}: Pick<StoredWorkspace, 'spec' | 'collapsed' | 'layout'>): WorkspaceSpec {
  return {
    ...withoutPicture(spec),
    ...((collapsed || spec.collapsed !== undefined) && { collapsed }),
    ...(layout !== undefined && { layout }),
  };
}

/** The declared spec without what only pictures of the tree show. */
export function withoutPicture(spec: WorkspaceSpec): WorkspaceSpec {
  const rest = { ...spec };
  delete rest.collapsed;
  delete rest.layout;
  return rest;
}

/** What identifies and describes an object in a manifest that its author could have written. */
export function toManifest(
  kind: Kind,
  object: DeclaredMetadata,
  spec: object,
): Readonly<Record<string, unknown>> {
  return { apiVersion: API_VERSION, kind, metadata: declaredMetadata(object), spec };
}

function toMetadata(record: StoredMetadata): ObjectMetadata {
  return {
    ...declaredMetadata(record),
    uid: record.uid,
    generation: record.generation,
    creationTimestamp: record.createdAt.toISOString(),
    ...(record.deletionRequestedAt && {
      deletionTimestamp: record.deletionRequestedAt.toISOString(),
    }),
    applySet: record.applySet,
    ...(record.ownerUid !== undefined && { ownerUid: record.ownerUid }),
    ...(record.origin !== undefined && { origin: record.origin }),
  };
}

function declaredMetadata({ namespace, name, labels, annotations }: DeclaredMetadata) {
  return {
    name,
    ...(namespace !== CLUSTER_SCOPE && { namespace }),
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
}
