import type { Db } from './db.ts';

/** One step down in the tree. */
export interface Child {
  readonly uid: string;
  readonly name: string;
}

/** By name, without those that are being deleted. */
export async function listChildren(db: Db, parentId: string): Promise<readonly Child[]> {
  return await db
    .selectFrom('workspaces')
    .select(['uid', 'name'])
    .where('parent_id', '=', parentId)
    .where('deletion_requested_at', 'is', null)
    .orderBy('name')
    .execute();
}
