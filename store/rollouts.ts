import { sql } from 'kysely';
import type { RolloutMember, RolloutWord } from '../api/rollout.ts';
import type { Db, Transaction } from './db.ts';

/** A class, and one Org if any: the two whose budgets a workspace counts in. */
export interface RolloutScope {
  readonly className: string | undefined;
  readonly ownerUid: string | undefined;
}

/** What is read of one scope, of one moment. */
export interface RolloutFacts {
  readonly classWord: RolloutWord;
  readonly org?: OrgRollout;
  readonly members: readonly RolloutMember[];
  /** The database's clock. */
  readonly now: Date;
}

export interface OrgRollout {
  readonly namespace: string;
  readonly name: string;
  /** Absent: it sets no limit of its own. */
  readonly maxUnavailable?: number;
  readonly word: RolloutWord;
}

interface FactsRow {
  readonly classWord: RolloutWord | null;
  readonly org: OrgRollout | null;
  readonly members: readonly RolloutMember[];
  readonly now: Date;
}

/**
 * Those of a class or an Org that are down although they should run, and those that came back after a failure just now. What is not
 * accepted cannot run, so it holds nobody up, unless that is why it did not come back; and nobody takes down what runs elsewhere.
 */
export async function readRollout(
  db: Db | Transaction,
  { className = null, ownerUid = null }: NullableScope,
): Promise<RolloutFacts> {
  const { rows } = await sql<FactsRow>`
    select now() as now,
           (select rollout from classes where name = ${className}) as "classWord",
           (select jsonb_strip_nulls(jsonb_build_object('namespace', namespace, 'name', name, 'word', rollout,
                     'maxUnavailable', spec #> '{rollout,maxUnavailable}'))
              from orgs where uid = ${ownerUid}) as org,
           (select coalesce(jsonb_agg(member order by member.namespace, member.name), '[]')
              from (${members({ className, ownerUid })}) as member) as members`.execute(db);
  const [{ classWord, org, members: found, now }] = rows as [FactsRow];
  return {
    classWord: classWord ?? {},
    ...(org !== null && { org }),
    members: found.map(toMember),
    now,
  };
}

type NullableScope = {
  readonly [K in keyof RolloutScope]: RolloutScope[K] | null;
};

function members({ className, ownerUid }: NullableScope) {
  return sql`
    select w.uid, w.namespace, w.name, w.status #>> '{resolved,class}' as "className",
           w.owner_uid as "ownerUid", w.ready as "isReady",
           jsonb_path_query_first(w.status, '$.conditions[*] ? (@.type == "Ready").lastTransitionTime')
             as "readySince",
           w.phase in ('Offline', 'Failed') or w.failures is not null as "isFailing",
           w.status -> 'rollout' as mark,
           greatest(c.rollout ->> 'resumedAt', o.rollout ->> 'resumedAt') as "acceptedAt"
      from workspaces w
      left join classes c on c.name = w.status #>> '{resolved,class}'
      left join orgs o on o.uid = w.owner_uid
     where (not w.ready and w.phase in ('Provisioning', 'Offline', 'Failed') or w.failures is not null)
       and (w.status #>> '{resolved,class}' = ${className} or w.owner_uid = ${ownerUid})
       and w.deletion_requested_at is null and not w.spec ? 'external'
       and (w.status #> '{rollout,failure}' is not null
            or not w.ready and w.status @> '{"conditions": [{"type": "Accepted", "status": "True"}]}')`;
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
