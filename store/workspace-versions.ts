import { sql } from 'kysely';
import type { Db, Transaction } from './db.ts';
import { toStoredWorkspace, type StoredWorkspace } from './stored-workspace.ts';

/** Who a workspace is, and a text that differs after each change of what people see of it. About 0.2 kB. */
export interface WorkspaceVersion {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
}

/** Every workspace, or those of one namespace, ordered by namespace and name. One statement, so all of one moment. */
export async function listWorkspaceVersions(
  db: Db | Transaction,
  namespace?: string,
): Promise<readonly WorkspaceVersion[]> {
  const { rows } = await sql<WorkspaceVersion>`
    select uid, namespace, name, generation || ' ' || extract(epoch from updated_at) as version
      from workspaces
     where ${namespace ?? null}::text is null or namespace = ${namespace ?? null}
     order by namespace, name`.execute(db);
  return rows;
}

/** Ordered by namespace and name; whoever does not exist is left out. */
export async function listWorkspacesByUid(
  db: Db | Transaction,
  uids: readonly string[],
): Promise<readonly StoredWorkspace[]> {
  const rows = await db
    .selectFrom('workspaces')
    .selectAll()
    .where(sql<boolean>`uid = any(${uids}::text[])`)
    .orderBy('namespace')
    .orderBy('name')
    .execute();
  return rows.map(toStoredWorkspace);
}
