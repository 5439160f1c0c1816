import { sql } from 'kysely';
import type { Phase } from '../api/reasons.ts';
import type { Db } from './db.ts';

/** Another workspace as agents see it. */
export interface Peer {
  readonly uid: string;
  readonly name: string;
  readonly relation: 'parent' | 'sibling' | 'child';
  readonly role: string | null;
  readonly phase: Phase;
  readonly url: string | null;
  readonly card: Readonly<Record<string, unknown>> | null;
}

/** Rows of one answer: more neighbours than any agent can talk to. */
const MAX_PEERS = 200;

/**
 * Parent, siblings and children, by name, without those that are being deleted; at most `MAX_PEERS`. The roots of a
 * namespace are siblings. `text` is looked for in name and role.
 */
export async function listPeers(db: Db, uid: string, text = ''): Promise<readonly Peer[]> {
  const { rows } = await sql<Peer>`
    select p.uid, p.name, p.spec->>'role' as role, p.phase, r.card,
           coalesce(p.spec #>> '{external,url}', r.url) as url,
           case when p.uid = w.parent_id then 'parent'
                when p.parent_id = w.uid then 'child' else 'sibling' end as relation
      from workspaces w
      join workspaces p on p.uid <> w.uid and p.deletion_requested_at is null
       and (p.uid = w.parent_id or p.parent_id = w.uid or p.parent_id = w.parent_id
            or (w.parent_name is null and p.parent_name is null and p.namespace = w.namespace))
      left join agent_reports r on r.workspace_uid = p.uid
     where w.uid = ${uid}
       and (${text} = '' or strpos(lower(p.name || ' ' || coalesce(p.spec->>'role', '')), lower(${text})) > 0)
     order by p.name limit ${MAX_PEERS}`.execute(db);
  return rows;
}
