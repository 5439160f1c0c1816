import { sql } from 'kysely';
import { MAX_DEPTH } from '../api/workspace.ts';
import type { Db, Transaction } from './db.ts';
import type { WorkspaceView } from './workspace-record.ts';
import { toView, type ViewRow } from './workspace-view-row.ts';

export type * from './workspace-record.ts';

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
           (select coalesce(jsonb_agg(to_jsonb(l) || jsonb_build_object('has_credentials', exists
                     (select 1 from credentials c where c.workspace_uid = l.workspace_uid
                         and c.attempt = l.attempt and c.revoked_at is null)) order by l.attempt), '[]')
              from launches l where l.workspace_uid = w.uid) as launches,
           (select to_jsonb(t) from templates t
             where t.namespace = w.namespace
               and t.name = w.spec #>> '{templateRef,name}') as template,
           (select to_jsonb(r) from agent_reports r
             where r.workspace_uid = w.uid
               and r.attempt = coalesce((select l.attempt from launches l where l.workspace_uid = w.uid and l.state <> 'closed'),
                                        w.external_attempt)) as report,
           (select coalesce(jsonb_agg(jsonb_build_object('uid', k.uid, 'name', k.name,
                     'generation', k.generation, 'spec', k.spec, 'status', k.status,
                     'unchangedSeconds', extract(epoch from now() - k.updated_at)::float8) order by k.name), '[]')
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
