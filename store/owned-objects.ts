import { sql } from 'kysely';
import { KINDS } from '../api/objects.ts';
import type { Db } from './db.ts';
import { TABLE_BY_KIND } from './kind-tables.ts';
import type { ObjectRef } from './object-ref.ts';

/** An object with the manifest it was applied from. */
export interface OwnedObjectRow extends ObjectRef {
  /** `file:line`; null when the apply set has no files. */
  readonly origin: string | null;
}

/**
 * Everything an apply set declares now. An object whose deletion was requested counts only when its next declaration
 * is of this set too.
 */
export async function listOwnedObjects(
  db: Db,
  applySet: string,
): Promise<readonly OwnedObjectRow[]> {
  const owned: OwnedObjectRow[] = [];
  for (const { kind } of KINDS) {
    const isDeclared =
      kind === 'Workspace'
        ? sql`case when deletion_requested_at is null then apply_set = ${applySet}
                   else next_declaration ->> 'applySet' = ${applySet} end`
        : sql`apply_set = ${applySet} and deletion_requested_at is null`;
    const { rows } = await sql<Omit<OwnedObjectRow, 'kind'>>`
      select namespace, name, origin from ${sql.table(TABLE_BY_KIND[kind])}
       where ${isDeclared} order by namespace, name`.execute(db);
    owned.push(...rows.map((row) => ({ kind, ...row })));
  }
  return owned;
}
