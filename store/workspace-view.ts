import { sql } from 'kysely';
import type { WorkspaceStatus } from '../api/conditions.ts';
import type { WorkspaceClassSpec } from '../api/workspace-class.ts';
import type { WorkspaceSpec } from '../api/workspace.ts';
import { MAX_DEPTH } from '../api/workspace.ts';
import type { Db, Transaction } from './db.ts';
import { toLaunchRecord, type LaunchRecord, type LaunchRow } from './launch-record.ts';
import type { WorkspaceFailures, WorkspaceRequests } from './workspace-facts.ts';

/** One workspace as the reconciler needs it, read in one statement, so that all of it is of one moment. */
export interface WorkspaceView {
  readonly record: WorkspaceRecord;
  /** From the parent upwards; cut off one step beyond `MAX_DEPTH`, so a cycle is no endless walk. */
  readonly ancestors: readonly Ancestor[];
  /** All rows of this uid, the oldest attempt first; also of a namesake that was released before. */
  readonly launches: readonly LaunchRecord[];
  /** The class it names, or every class that calls itself default. */
  readonly classes: readonly ClassVersion[];
  readonly children: { readonly total: number; readonly ready: number };
  /** A child of the same deletion is still there; children go first. */
  readonly hasDeletingChildren: boolean;
  /** The database's clock at the read; every time of a launch row is on this clock. */
  readonly now: Date;
}

export interface WorkspaceRecord {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly spec: WorkspaceSpec;
  readonly annotations: Readonly<Record<string, string>>;
  readonly directories: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly specHash: string;
  readonly generation: number;
  readonly deletionRequestedAt?: Date;
  readonly parentName?: string;
  readonly parentId?: string;
  readonly requests: WorkspaceRequests;
  readonly failures?: WorkspaceFailures;
  readonly status?: WorkspaceStatus;
  readonly statusHash: string;
  readonly settledKey?: string;
}

export interface Ancestor {
  readonly uid: string;
  readonly name: string;
  readonly parentName?: string;
  readonly parentId?: string;
  readonly isPaused: boolean;
  readonly isDeleting: boolean;
}

export interface ClassVersion {
  readonly uid: string;
  readonly name: string;
  readonly generation: number;
  readonly spec: WorkspaceClassSpec;
}

interface ViewRow {
  readonly record: RecordRow;
  readonly ancestors: readonly AncestorRow[];
  readonly launches: readonly LaunchRow[];
  readonly classes: readonly ClassVersion[];
  readonly children_total: number;
  readonly children_ready: number;
  readonly has_deleting_children: boolean;
  readonly now: Date;
}

interface RecordRow {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly spec: WorkspaceSpec;
  readonly annotations: Readonly<Record<string, string>>;
  readonly directories: WorkspaceRecord['directories'];
  readonly spec_hash: string;
  readonly generation: number;
  readonly deletion_requested_at: string | null;
  readonly parent_name: string | null;
  readonly parent_id: string | null;
  readonly requests: WorkspaceRequests;
  readonly failures: WorkspaceFailures | null;
  readonly status: WorkspaceStatus;
  readonly status_hash: string;
  readonly settled_key: string | null;
}

interface AncestorRow {
  readonly uid: string;
  readonly name: string;
  readonly parent_name: string | null;
  readonly parent_id: string | null;
  readonly is_paused: boolean;
  readonly is_deleting: boolean;
}

/** The view of one workspace, or undefined when there is no such record. */
export async function findWorkspaceView(
  db: Db | Transaction,
  uid: string,
): Promise<WorkspaceView | undefined> {
  const { rows } = await sql<ViewRow>`
    /* prepared: workspace-view */
    with recursive chain as (
      select uid, name, parent_name, parent_id, 0 as depth,
             spec->>'desiredState' is not distinct from 'Paused' as is_paused,
             deletion_requested_at is not null as is_deleting
        from workspaces where uid = ${uid}
      union all
      select p.uid, p.name, p.parent_name, p.parent_id, c.depth + 1,
             p.spec->>'desiredState' is not distinct from 'Paused',
             p.deletion_requested_at is not null
        from workspaces p join chain c on p.uid = c.parent_id
       where c.depth <= ${MAX_DEPTH}
    )
    select to_jsonb(w) as record,
           now() as now,
           (select coalesce(jsonb_agg(c order by c.depth), '[]') from chain c where c.depth > 0) as ancestors,
           (select coalesce(jsonb_agg(l order by l.attempt), '[]')
              from launches l where l.workspace_uid = w.uid) as launches,
           (select coalesce(jsonb_agg(jsonb_build_object('uid', k.uid, 'name', k.name,
                     'generation', k.generation, 'spec', k.spec) order by k.name), '[]')
              from classes k
             where case when w.spec ? 'className' then k.name = w.spec->>'className'
                        else k.spec->>'default' = 'true' end) as classes,
           (select count(*)::int from workspaces c where c.parent_id = w.uid) as children_total,
           (select count(*)::int from workspaces c where c.parent_id = w.uid and c.ready) as children_ready,
           -- A walk upwards that reached its bound may go round in a circle, in which everybody would wait for a child.
           not exists (select 1 from chain where depth > ${MAX_DEPTH})
             and exists (select 1 from workspaces c
                          where c.parent_id = w.uid and c.deletion_requested_at is not null
                            and c.uid not in (select uid from chain)) as has_deleting_children
      from workspaces w
     where w.uid = ${uid}`.execute(db);
  const row = rows[0];
  return row === undefined ? undefined : toView(row);
}

function toView(row: ViewRow): WorkspaceView {
  return {
    record: toRecord(row.record),
    ancestors: row.ancestors.map(toAncestor),
    launches: row.launches.map(toLaunchRecord),
    classes: row.classes,
    children: { total: row.children_total, ready: row.children_ready },
    hasDeletingChildren: row.has_deleting_children,
    now: row.now,
  };
}

function toRecord(row: RecordRow): WorkspaceRecord {
  return {
    uid: row.uid,
    namespace: row.namespace,
    name: row.name,
    spec: row.spec,
    annotations: row.annotations,
    directories: row.directories,
    specHash: row.spec_hash,
    generation: row.generation,
    ...(row.deletion_requested_at !== null && {
      deletionRequestedAt: new Date(row.deletion_requested_at),
    }),
    ...(row.parent_name !== null && { parentName: row.parent_name }),
    ...(row.parent_id !== null && { parentId: row.parent_id }),
    requests: row.requests,
    ...(row.failures !== null && { failures: row.failures }),
    ...(row.status_hash !== '' && { status: row.status }),
    statusHash: row.status_hash,
    ...(row.settled_key !== null && { settledKey: row.settled_key }),
  };
}

function toAncestor(row: AncestorRow): Ancestor {
  return {
    uid: row.uid,
    name: row.name,
    ...(row.parent_name !== null && { parentName: row.parent_name }),
    ...(row.parent_id !== null && { parentId: row.parent_id }),
    isPaused: row.is_paused,
    isDeleting: row.is_deleting,
  };
}
