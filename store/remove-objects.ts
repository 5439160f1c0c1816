import { sql } from 'kysely';
import type { Kind } from '../api/objects.ts';
import type { Transaction } from './db.ts';
import { TABLE_BY_KIND } from './kind-tables.ts';

interface Identified {
  readonly uid: string;
}

/** Asks the reconciler to end and release these workspaces; the first request keeps its time. */
export async function markDeletionRequested(
  tx: Transaction,
  workspaces: readonly Identified[],
): Promise<void> {
  const uids = workspaces.map(({ uid }) => uid);
  if (uids.length > 0) {
    await sql`
      update workspaces set deletion_requested_at = now(), updated_at = now()
       where uid = any(${uids}::text[]) and deletion_requested_at is null`.execute(tx);
  }
}

/** Deletes objects without a life of their own: templates, classes, orgs. */
export async function deletePlainObjects(
  tx: Transaction,
  kind: Kind,
  objects: readonly Identified[],
): Promise<void> {
  const uids = objects.map(({ uid }) => uid);
  if (uids.length > 0) {
    await sql`delete from ${sql.table(TABLE_BY_KIND[kind])} where uid = any(${uids}::text[])`.execute(
      tx,
    );
  }
}
