import { KINDS, type Kind } from '../../api/objects.ts';
import type { Db } from '../../store/db.ts';
import type { PlainKind } from '../../store/kind-tables.ts';
import { findObject, listObjects } from '../../store/objects.ts';
import { findWorkspace, listWorkspaces } from '../../store/workspaces.ts';
import type { ApiObject, ListOf, ListQuery, WorkspaceObject } from '../contract.ts';
import { matchesLabels, parseLabelSelector } from '../label-selector.ts';
import { toApiObject, toWorkspaceObject } from '../manifest.ts';
import { parsePosition, readPage } from '../paging.ts';

/** A collection of the API. */
export interface Collection {
  readonly kind: Kind;
  readonly plural: string;
  readonly isNamespaced: boolean;
}

/** As in the CRDs, and `classes` for short (design §13). */
export function listCollections(): readonly Collection[] {
  const collections = KINDS.map(({ kind, plural, scope }) => ({
    kind,
    plural,
    isNamespaced: scope === 'Namespaced',
  }));
  return [...collections, { kind: 'WorkspaceClass', plural: 'classes', isNamespaced: false }];
}

/** undefined when there is none. `namespace` is `CLUSTER_SCOPE` for a class. */
export async function findApiObject(
  db: Db,
  kind: Kind,
  namespace: string,
  name: string,
): Promise<ApiObject | WorkspaceObject | undefined> {
  if (kind === 'Workspace') {
    const record = await findWorkspace(db, namespace, name);
    return record && toWorkspaceObject(record);
  }
  const record = await findObject(db, kind, namespace, name);
  return record && toApiObject(record);
}

/** One page; `namespace` undefined means all of them. Throws a 400 `Problem` for a bad `after` or `labelSelector`. */
export async function listApiObjects(
  db: Db,
  kind: Kind,
  namespace: string | undefined,
  query: ListQuery,
): Promise<ListOf<ApiObject | WorkspaceObject>> {
  return kind === 'Workspace'
    ? await listWorkspaceObjects(db, namespace, query)
    : await listPlainObjects(db, kind, namespace, query);
}

async function listWorkspaceObjects(
  db: Db,
  namespace: string | undefined,
  query: ListQuery,
): Promise<ListOf<WorkspaceObject>> {
  const labelSelector = parseLabelSelector(query.labelSelector);
  const scope = toScope(namespace, query);
  const page = await readPage(query.limit, (limit) =>
    listWorkspaces(db, { ...scope, labelSelector, limit }),
  );
  return { ...page, items: page.items.map(toWorkspaceObject) };
}

async function listPlainObjects(
  db: Db,
  kind: PlainKind,
  namespace: string | undefined,
  query: ListQuery,
): Promise<ListOf<ApiObject>> {
  const labelSelector = parseLabelSelector(query.labelSelector);
  const scope = toScope(namespace, query);
  const page = await readPage(
    query.limit,
    (limit) => listObjects(db, kind, { ...scope, limit }),
    ({ labels }) => matchesLabels(labels, labelSelector),
  );
  return { ...page, items: page.items.map(toApiObject) };
}

function toScope(namespace: string | undefined, query: ListQuery) {
  const after = parsePosition(query.after);
  return { ...(namespace !== undefined && { namespace }), ...(after && { after }) };
}
