import { sql } from 'kysely';
import type { Db, Transaction } from './db.ts';
import { toStoredWorkspace, type StoredWorkspace } from './stored-workspace.ts';

export type { StoredWorkspace } from './stored-workspace.ts';

/** One term of an equality selector; a workspace without the label differs from every value, as in Kubernetes. */
export interface LabelTerm {
  readonly key: string;
  readonly value: string;
  readonly isEqual: boolean;
}

export interface WorkspaceQuery {
  /** Absent: all namespaces. */
  readonly namespace?: string;
  /** All terms must hold. */
  readonly labelSelector?: readonly LabelTerm[];
  readonly limit: number;
  /** The last one of the page before. */
  readonly after?: { readonly namespace: string; readonly name: string };
}

export async function findWorkspace(
  db: Db | Transaction,
  namespace: string,
  name: string,
): Promise<StoredWorkspace | undefined> {
  const row = await db
    .selectFrom('workspaces')
    .selectAll()
    .where('namespace', '=', namespace)
    .where('name', '=', name)
    .executeTakeFirst();
  return row && toStoredWorkspace(row);
}

export async function findWorkspaceByUid(
  db: Db | Transaction,
  uid: string,
): Promise<StoredWorkspace | undefined> {
  const row = await db
    .selectFrom('workspaces')
    .selectAll()
    .where('uid', '=', uid)
    .executeTakeFirst();
  return row && toStoredWorkspace(row);
}

/** Ordered by namespace and name, byte by byte. */
export async function listWorkspaces(
  db: Db | Transaction,
  { namespace, labelSelector = [], limit, after }: WorkspaceQuery,
): Promise<readonly StoredWorkspace[]> {
  let query = db.selectFrom('workspaces').selectAll();
  if (namespace !== undefined) {
    query = query.where('namespace', '=', namespace);
  }
  if (after !== undefined) {
    query = query.where(sql<boolean>`(namespace, name) > (${after.namespace}, ${after.name})`);
  }
  for (const term of labelSelector) {
    query = query.where(matches(term));
  }
  const rows = await query.orderBy('namespace').orderBy('name').limit(limit).execute();
  return rows.map(toStoredWorkspace);
}

function matches({ key, value, isEqual }: LabelTerm) {
  return isEqual
    ? sql<boolean>`labels ->> ${key} = ${value}`
    : sql<boolean>`labels ->> ${key} is distinct from ${value}`;
}

/** Children, their children and so on, without the workspace itself, also where a cycle leads back to it. */
export async function listDescendants(
  db: Db | Transaction,
  uid: string,
): Promise<readonly StoredWorkspace[]> {
  const rows = await db
    .withRecursive('descendants', (recursive) =>
      recursive
        .selectFrom('workspaces')
        .select('uid')
        .where('parent_id', '=', uid)
        // UNION forgets what it has seen before, and so ends in a cycle.
        .union((eb) =>
          eb
            .selectFrom('workspaces as child')
            .innerJoin('descendants', 'descendants.uid', 'child.parent_id')
            .select('child.uid'),
        ),
    )
    .selectFrom('workspaces')
    .selectAll()
    .where('uid', 'in', (eb) => eb.selectFrom('descendants').select('uid'))
    .where('uid', '<>', uid)
    .orderBy('namespace')
    .orderBy('name')
    .execute();
  return rows.map(toStoredWorkspace);
}
