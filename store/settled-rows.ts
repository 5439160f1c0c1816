import { sql } from 'kysely';
import type { Db } from './db.ts';
import type { LaunchState, WorkspaceRequests } from './tables.ts';

/** The narrow columns of one record that decide whether anything differs. */
export interface SettledRow {
  readonly uid: string;
  readonly name: string;
  readonly parent_name: string | null;
  readonly parent_id: string | null;
  readonly is_paused: boolean;
  readonly is_deleting: boolean;
  readonly class_name: string | null;
  readonly generation: number;
  readonly spec_hash: string;
  /** null when there are none. */
  readonly requests: WorkspaceRequests | null;
  readonly settled_key: string | null;
  readonly ready: boolean;
  readonly attempt: number | null;
  readonly launch_state: LaunchState | null;
  readonly instance_id: string | null;
  readonly backend: string | null;
}

/** Every record, with its open launch; about 0.3 kB each. One statement, so all of one moment. */
export async function listSettledRows(db: Db): Promise<readonly SettledRow[]> {
  const { rows } = await sql<SettledRow>`
    select w.uid, w.name, w.parent_name, w.parent_id,
           w.spec->>'desiredState' is not distinct from 'Paused' as is_paused,
           w.deletion_requested_at is not null as is_deleting,
           w.spec->>'className' as class_name, w.generation, w.spec_hash,
           nullif(w.requests, '{}') as requests,
           w.settled_key, w.ready, l.attempt, l.state as launch_state, l.instance_id, l.backend
      from workspaces w
      left join launches l on l.workspace_uid = w.uid and l.state <> 'closed'`.execute(db);
  return rows;
}

/** Name, version and default mark of every class. */
export interface ClassRow {
  readonly uid: string;
  readonly name: string;
  readonly generation: number;
  readonly is_default: boolean;
  readonly backend: string;
}

export async function listClassRows(db: Db): Promise<readonly ClassRow[]> {
  const { rows } = await sql<ClassRow>`
    select uid, name, generation, spec->>'default' is not distinct from 'true' as is_default,
           spec->>'backend' as backend
      from classes order by name`.execute(db);
  return rows;
}

/** The given records and everything below them, bounded against cycles. */
export async function listSubtreeUids(db: Db, uids: readonly string[]): Promise<readonly string[]> {
  const { rows } = await sql<{ readonly uid: string }>`
    with recursive subtree as (
      select uid from workspaces where uid = any(${[...uids]}::text[])
      union
      select child.uid from workspaces child join subtree on child.parent_id = subtree.uid
    )
    select uid from subtree`.execute(db);
  return rows.map(({ uid }) => uid);
}

/** How many workspaces of a class are neither ready nor meant to be stopped, beside the one that asks. */
export async function listUnavailable(db: Db, className: string): Promise<readonly string[]> {
  const { rows } = await sql<{ readonly uid: string }>`
    select uid from workspaces
     where status #>> '{resolved,class}' = ${className}
       and not ready and phase in ('Provisioning', 'Offline', 'Failed')
       and deletion_requested_at is null`.execute(db);
  return rows.map(({ uid }) => uid);
}

/** How many workspaces are in each phase. */
export async function countPhases(
  db: Db,
): Promise<readonly { readonly phase: string; readonly count: number }[]> {
  const { rows } = await sql<{ readonly phase: string; readonly count: number }>`
    select phase, count(*)::int as count from workspaces group by phase`.execute(db);
  return rows;
}
