import { sql } from 'kysely';
import { EXTERNAL_LOST_AFTER_SECONDS, HEARTBEAT_LOST_AFTER_SECONDS } from '../api/heartbeat.ts';
import type { WorkspaceClassSpec } from '../api/workspace-class.ts';
import type { Db } from './db.ts';
import type { LaunchState } from './tables.ts';
import type { WorkspaceRequests } from './workspace-facts.ts';
import type { ClassVersion } from './workspace-view.ts';

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
  /** The first 16 of its 64 characters. */
  readonly spec_hash: string;
  /** null when there are none. */
  readonly requests: WorkspaceRequests | null;
  readonly settled_key: string | null;
  readonly ready: boolean;
  readonly attempt: number | null;
  readonly launch_state: LaunchState | null;
  readonly instance_id: string | null;
  readonly backend: string | null;
  readonly namespace: string;
  /** The first 16 of its 64 characters. */
  readonly template_hash: string | null;
  /** As `wordOf` of controllers/workspace/agent.ts. */
  readonly agent: 'none' | 'beating' | 'degraded' | 'lost';
  readonly claimed_at: string | null;
  readonly woken_at: string | null;
  /** Time alone makes another look worth it. */
  readonly is_due: boolean;
  /** It is declared to run elsewhere. */
  readonly is_external: boolean;
  readonly external_attempt: number | null;
  /** Of an agent elsewhere: where it listens, declared or else registered. */
  readonly external_url: string | null;
}

/** Of a record `w`: what decides about its place in the tree. */
const PLACE = sql`
           w.uid, w.name, w.parent_name, w.parent_id,
           w.spec->>'desiredState' is not distinct from 'Paused' as is_paused,
           w.deletion_requested_at is not null as is_deleting`;

/**
 * Every record, with its open launch and whether its agent was heard in time; about 0.3 kB each. `pageSize` at a time, each page of
 * its own moment; all in one statement when it is left out.
 */
export async function* settledPages(
  db: Db,
  pageSize?: number,
): AsyncGenerator<readonly SettledRow[]> {
  let last = '';
  let rows: readonly SettledRow[];
  do {
    rows = await readSettledRows(db, last, pageSize);
    yield rows;
    last = rows.at(-1)?.uid ?? last;
  } while (rows.length === pageSize);
}

async function readSettledRows(
  db: Db,
  after: string,
  limit: number | undefined,
): Promise<readonly SettledRow[]> {
  const { rows } = await sql<SettledRow>`
    select ${PLACE},
           w.spec->>'className' as class_name, w.generation, left(w.spec_hash, 16) as spec_hash,
           nullif(w.requests, '{}') as requests,
           w.settled_key, w.ready, l.attempt, l.state as launch_state, l.instance_id, l.backend,
           w.namespace, left(t.spec_hash, 16) as template_hash,
           case when r.workspace_uid is null then 'none'
                when r.heartbeat_at < now() - interval '1 second'
                       * case when l.attempt is null then ${EXTERNAL_LOST_AFTER_SECONDS}::int else ${HEARTBEAT_LOST_AFTER_SECONDS}::int end then 'lost'
                when r.is_degraded then 'degraded' else 'beating' end as agent,
           w.hibernation->>'claimedAt' as claimed_at, w.hibernation->>'wokenAt' as woken_at,
           coalesce(w.due_at <= now(), false) as is_due,
           w.spec ? 'external' as is_external, w.external_attempt,
           case when w.external_attempt is not null then coalesce(w.spec #>> '{external,url}', r.url) end as external_url
      from workspaces w
      left join launches l on l.workspace_uid = w.uid and l.state <> 'closed'
      left join agent_reports r on r.workspace_uid = w.uid and r.attempt = coalesce(l.attempt, w.external_attempt)
      left join templates t on t.namespace = w.namespace
                           and t.name = w.spec #>> '{templateRef,name}'
     where w.uid > ${after}
     order by w.uid
     limit ${limit ?? null}::int`.execute(db);
  return rows;
}

/** A record that has children, as a resync sees it from below. */
export interface ParentRow extends Pick<
  SettledRow,
  'uid' | 'name' | 'parent_name' | 'parent_id' | 'is_paused' | 'is_deleting'
> {
  readonly children: { readonly total: number; readonly ready: number };
}

/** Every record that has children, all of one moment. */
export async function listParents(db: Db): Promise<readonly ParentRow[]> {
  const { rows } = await sql<ParentRow>`
    select ${PLACE},
           jsonb_build_object('total', c.total, 'ready', c.ready) as children
      from (select parent_id, count(*) as total, count(*) filter (where ready) as ready
              from workspaces where parent_id is not null group by parent_id) c
      join workspaces w on w.uid = c.parent_id`.execute(db);
  return rows;
}

/** Every class, by name. */
export async function listClassVersions(db: Db): Promise<readonly ClassVersion[]> {
  const rows = await db
    .selectFrom('classes')
    .select(['uid', 'name', 'generation', 'spec'])
    .orderBy('name')
    .execute();
  return rows.map((row) => ({ ...row, spec: row.spec as WorkspaceClassSpec }));
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

/** How many workspaces are in each phase. */
export async function countPhases(
  db: Db,
): Promise<readonly { readonly phase: string; readonly count: number }[]> {
  const { rows } = await sql<{ readonly phase: string; readonly count: number }>`
    select phase, count(*)::int as count from workspaces group by phase`.execute(db);
  return rows;
}

/** How many workspaces say each condition; reads every status, so not for every pass. */
export async function countConditions(db: Db): Promise<readonly ConditionCount[]> {
  const { rows } = await sql<ConditionCount>`
    select one->>'type' as type, one->>'status' as status, one->>'reason' as reason,
           count(*)::int as count
      from workspaces, jsonb_array_elements(status->'conditions') as one
     group by 1, 2, 3`.execute(db);
  return rows;
}

export interface ConditionCount {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly count: number;
}
