import type { KindInfo } from '../api/objects.ts';
import { type ApiObject, type ListOf, type WorkspaceObject } from '../server/contract.ts';
import type { Client } from './client.ts';
import { getKind } from './kinds.ts';
import { listPath, objectPath, workspacePath } from './paths.ts';

/** Objects per page: the most that the API gives at once (`MAX_LIMIT` of its contract). */
const PAGE = 5000;

const WORKSPACE = getKind('workspace');

export interface Selection {
  /** None: all namespaces. */
  readonly namespace: string | undefined;
  readonly selector?: string | undefined;
}

/** Every object of one kind, all pages, by namespace and name. */
export async function listObjects(
  client: Client,
  kind: KindInfo,
  { namespace, selector }: Selection,
): Promise<ApiObject[]> {
  const objects: ApiObject[] = [];
  let after: string | undefined;
  do {
    const page: ListOf<ApiObject> = await client.call(listPath(kind, namespace), {
      query: { limit: PAGE, after, labelSelector: selector },
    });
    objects.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return objects;
}

export async function listWorkspaces(
  client: Client,
  selection: Selection,
): Promise<WorkspaceObject[]> {
  return (await listObjects(client, WORKSPACE, selection)).filter(isWorkspace);
}

export function getObject(
  client: Client,
  { kind, namespace, name }: { kind: KindInfo; namespace: string; name: string },
): Promise<ApiObject> {
  return client.call(objectPath(kind, namespace, name));
}

export function getWorkspace(
  client: Client,
  namespace: string,
  name: string,
): Promise<WorkspaceObject> {
  return client.call(workspacePath(namespace, name));
}

export function isWorkspace(object: ApiObject): object is ApiObject & WorkspaceObject {
  return object.kind === 'Workspace';
}
