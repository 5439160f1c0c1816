import { sql, type Insertable, type Selectable } from 'kysely';
import type { Db, Transaction } from './db.ts';
import { toJsonBatches } from './batches.ts';
import type { ActivityTable } from './tables.ts';

/** One thing that was decided or happened; what people read afterwards. */
export interface ActivityEntry {
  /** Absent for objects that are not workspaces. */
  readonly workspaceUid?: string;
  readonly namespace: string;
  readonly name: string;
  /** What was done, e.g. `Created`. */
  readonly action: string;
  /** Why, in a stable CamelCase word. */
  readonly reason: string;
  readonly message: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface ActivityRecord extends ActivityEntry {
  /** Grows; a gap says nothing, and a smaller id may be committed after a greater one. */
  readonly id: number;
  readonly at: Date;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface ActivityQuery {
  /** Only later ones; without it the newest `limit`. */
  readonly afterId?: number;
  readonly namespace?: string;
  readonly name?: string;
  readonly workspaceUid?: string;
  readonly limit: number;
}

/** Appends entries in the order given. */
export async function insertActivity(
  tx: Transaction,
  entries: readonly ActivityEntry[],
): Promise<void> {
  for (const json of toJsonBatches(entries.map(toColumns))) {
    await sql`
      insert into activity (workspace_uid, namespace, name, action, reason, message, data)
      select entry.* from jsonb_to_recordset(${json}::jsonb) as entry
        (workspace_uid text, namespace text, name text, action text, reason text, message text, data jsonb)`.execute(
      tx,
    );
  }
}

/** Oldest first. */
export async function listActivity(
  db: Db | Transaction,
  { afterId, namespace, name, workspaceUid, limit }: ActivityQuery,
): Promise<readonly ActivityRecord[]> {
  const rows = await db
    .selectFrom('activity')
    .selectAll()
    .$if(afterId !== undefined, (query) => query.where('id', '>', afterId ?? 0))
    .$if(namespace !== undefined, (query) => query.where('namespace', '=', namespace ?? ''))
    .$if(name !== undefined, (query) => query.where('name', '=', name ?? ''))
    .$if(workspaceUid !== undefined, (query) =>
      query.where('workspace_uid', '=', workspaceUid ?? ''),
    )
    .orderBy('id', afterId === undefined ? 'desc' : 'asc')
    .limit(limit)
    .execute();
  const records = rows.map(toActivityRecord);
  return afterId === undefined ? records.reverse() : records;
}

/** Deletes what happened before `olderThan`; answers how many. */
export async function pruneActivity(db: Db | Transaction, olderThan: Date): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('activity')
    .where('at', '<', olderThan)
    .executeTakeFirst();
  return Number(numDeletedRows);
}

function toColumns(
  entry: ActivityEntry,
): Omit<Insertable<ActivityTable>, 'data'> & { data: object } {
  return {
    workspace_uid: entry.workspaceUid ?? null,
    namespace: entry.namespace,
    name: entry.name,
    action: entry.action,
    reason: entry.reason,
    message: entry.message,
    data: entry.data ?? {},
  };
}

function toActivityRecord(row: Selectable<ActivityTable>): ActivityRecord {
  return {
    id: row.id,
    at: row.at,
    ...(row.workspace_uid !== null && { workspaceUid: row.workspace_uid }),
    namespace: row.namespace,
    name: row.name,
    action: row.action,
    reason: row.reason,
    message: row.message,
    data: row.data as Readonly<Record<string, unknown>>,
  };
}
