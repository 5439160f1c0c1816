import { KINDS, describeDeclaration, type Kind } from '../../api/objects.ts';
import type { Db } from '../../store/db.ts';
import type { PlainKind } from '../../store/kind-tables.ts';
import { findObject, listObjects } from '../../store/objects.ts';
import { listWorkspaces } from '../../store/workspaces.ts';
import type { ApiObject, ListOf, ListQuery, WorkspaceObject } from '../contract.ts';
import { matchesLabels, parseLabelSelector } from '../label-selector.ts';
import { toApiObject, toWorkspaceObject } from '../manifest.ts';
import { parsePosition, readPage } from '../paging.ts';
import { notFound } from '../problem.ts';
import { getWorkspace } from './get-workspace.ts';

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

/** `namespace` is `CLUSTER_SCOPE` for a class. Throws a 404 `Problem` when there is none. */
export async function getApiObject(
  db: Db,
  kind: Kind,
  namespace: string,
  name: string,
): Promise<ApiObject | WorkspaceObject> {
  if (kind === 'Workspace') {
    return toWorkspaceObject(await getWorkspace(db, { ns: namespace, name }));
  }
  const record = await findObject(db, kind, namespace, name);
  if (record === undefined) {
    throw notFound(describeDeclaration({ kind, namespace, name }));
  }
  return toApiObject(record);
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
