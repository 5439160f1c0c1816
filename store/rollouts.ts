import { sql } from 'kysely';
import type { RolloutMember } from '../api/rollout.ts';
import type { Db } from './db.ts';

/** A class, and one Org if any: the two whose budgets a workspace counts in. */
export interface RolloutScope {
  readonly className: string;
  readonly ownerUid: string | undefined;
}

/** What is read of one scope, of one moment. */
export interface RolloutFacts {
  readonly members: readonly RolloutMember[];
  /** The database's clock. */
  readonly now: Date;
}

/**
 * Those of a class or an Org that are down although they should run, and those that came back after a failure just now. What is not
 * accepted cannot run, so it holds nobody up, unless that is why it did not come back; and nobody takes down what runs elsewhere.
 */
export async function readRollout(
  db: Db,
  { className, ownerUid }: RolloutScope,
): Promise<RolloutFacts> {
  const { rows } = await sql<RolloutFacts>`
    select now() as now, coalesce(jsonb_agg(member), '[]') as members from (
      select w.uid, w.namespace, w.name, w.status #>> '{resolved,class}' as "className",
             w.owner_uid as "ownerUid", w.ready as "isReady",
             jsonb_path_query_first(w.status, '$.conditions[*] ? (@.type == "Ready").lastTransitionTime')
               as "readySince",
             w.phase in ('Offline', 'Failed') or w.failures is not null as "isFailing",
             w.status -> 'rollout' as mark, null as "acceptedAt"
        from workspaces w
       where (not w.ready and w.phase in ('Provisioning', 'Offline', 'Failed') or w.failures is not null)
         and (w.status #>> '{resolved,class}' = ${className} or w.owner_uid = ${ownerUid ?? null})
         and w.deletion_requested_at is null and not w.spec ? 'external'
         and (w.status #> '{rollout,failure}' is not null
              or not w.ready and w.status @> '{"conditions": [{"type": "Accepted", "status": "True"}]}')
       order by w.namespace, w.name) as member`.execute(db);
  const { now = new Date(0), members = [] } = rows[0] ?? {};
  return { now, members: members.map(toMember) };
}

/** Times come as text out of JSON. */
function toMember({ readySince, acceptedAt, ...member }: RolloutMember): RolloutMember {
  return {
    ...member,
    readySince: new Date(readySince),
    acceptedAt: acceptedAt === null ? null : new Date(acceptedAt),
  };
}

/** Of the candidates, the siblings in the same class that come before this one by name and are up; in that order. */
export async function listEarlierSiblings(
  db: Db,
  {
    uid,
    className,
    candidates,
  }: {
    readonly uid: string;
    readonly className: string;
    readonly candidates: readonly string[];
  },
): Promise<readonly string[]> {
  const { rows } = await sql<{ readonly uid: string }>`
    select s.uid from workspaces s join workspaces me on me.uid = ${uid}
     where s.uid = any(${[...candidates]}::text[])
       and s.namespace = me.namespace and s.name < me.name
       and s.parent_id is not distinct from me.parent_id
       and s.parent_name is not distinct from me.parent_name
       and s.phase in ('Online', 'Degraded')
       and s.status #>> '{resolved,class}' = ${className}
     order by s.name`.execute(db);
  return rows.map((row) => row.uid);
}
