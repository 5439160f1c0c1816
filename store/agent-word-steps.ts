import { REVISION_LENGTH } from '../api/config-revision.ts';
import { EXTERNAL_LOST_AFTER_SECONDS, HEARTBEAT_LOST_AFTER_SECONDS } from '../api/heartbeat.ts';
import { ANNOTATION } from '../api/labels.ts';
import { sql } from 'kysely';
import { MAX_DEPTH } from '../api/workspace.ts';

/** The parts of the one statement of `agent-reports.ts`, each a common table expression, in their order. */

/** Share of failed requests from which an agent is degraded, and below which it recovers (lessons.md, 2.1). */
const DEGRADED_FROM = 0.5;
const RECOVERED_BELOW = 0.1;

/** What was said, as rows; `ordinal` counts from 1. */
export function saidWords(words: string) {
  return sql`
    word as (
      select * from rows from (jsonb_to_recordset(${words}::jsonb) as (
        kind text, uid text, token_hash text, url text, card jsonb, error_rate double precision,
        sample_error text, current_task text, active_tasks integer, uptime_seconds double precision,
        monthly_spend_cents bigint, runtime_state text, metadata jsonb, config_revision text
      )) with ordinality as w (kind, claimed, token_hash, url, card, error_rate, sample_error, current_task,
        active_tasks, uptime_seconds, monthly_spend_cents, runtime_state, metadata, config_revision, ordinal)
    )`;
}

/**
 * `judged`: every word, whose it is, and whether it counts. `limit 1` makes PostgreSQL look up each word by key: it takes a
 * batch for a hundred rows, and read all credentials for one word as long as it had no statistics (30 ms at 10,000).
 * An attempt is that of the open launch, or that of an agent elsewhere (docs/adr/0006), whose revision is what it should run with.
 * `claimed_at` is there while it is asleep (`isAsleep` of api/wake-request.ts). A bootstrap token is good for the word of that
 * name alone, and no other token is good for it.
 */
export const JUDGED = sql`
    judged as materialized (
      select w.*, coalesce(w.claimed, c.workspace_uid) as uid, c.attempt, c.created_at as minted_at, c.used_at, r.phase, r.parent_id,
             r.spec->>'desiredState' as wanted,
             case when r.hibernation->>'wokenAt' is null
                       and coalesce(r.hibernation->>'wakeRequest', '') = concat_ws(' ', r.requests->>'wakeRequestedAt',
                             r.annotations->>${ANNOTATION.wakeRequestedAt}::text)
                       and (r.hibernation->>'reason' <> 'Declared' or r.spec->>'desiredState' = 'Hibernated')
                  then (r.hibernation->>'claimedAt')::timestamptz end as claimed_at,
             l.attempt is null as is_external,
             case when l.attempt is null then coalesce(r.status #>> '{resolved,configRevision}', '')
                  else left(l.config_hash, ${REVISION_LENGTH}) end as revision,
             case when c.token_hash is null or (c.revoked_at is not null and r.uid is not null) then 'unauthorized'
                  when c.workspace_uid <> w.claimed then 'wrong-workspace'
                  when r.uid is null and c.revoked_at is null then 'unknown-workspace'
                  when r.uid is null or r.deletion_requested_at is not null then 'gone'
                  when l.attempt is null and r.external_attempt is distinct from c.attempt then 'stale-attempt'
                  else 'ok' end as verdict
        from word w
        left join lateral (select * from credentials
                            where token_hash = w.token_hash and is_bootstrap = (w.kind = 'bootstrap') limit 1) c on true
        left join lateral (select * from workspaces where uid = c.workspace_uid limit 1) r on true
        left join lateral (select * from launches
                            where workspace_uid = c.workspace_uid and state <> 'closed' limit 1) l
               on l.attempt = c.attempt
    )`;

/** What is said once comes first: a heartbeat that is left out comes again in 30 s, an address never. */
const LASTING = ['register', 'card', 'heartbeat'];

/** `accepted`: one word a workspace. `next`: what its report will be; `o` is the report of the same attempt, so a new one starts afresh. */
export const NEXT = sql`
    accepted as materialized (
      select distinct on (uid) * from judged
       where verdict = 'ok' and kind not in ('look', 'bootstrap')
       order by uid, minted_at desc, array_position(${LASTING}::text[], kind), ordinal desc
    ), next as materialized (
      select a.uid, a.ordinal, a.attempt, e.workspace_uid is not null as has_row,
             case when a.kind = 'register' then a.url else o.url end as url,
             coalesce(a.card, o.card) as card,
             case when a.kind = 'register' then now() else o.registered_at end as registered_at,
             case when o.attempt is null or a.kind = 'register' or a.active_tasks > 0
                    or (a.kind = 'heartbeat' and a.current_task is distinct from o.current_task)
                  then now() else o.activity_at end as activity_at,
             coalesce(a.active_tasks, o.active_tasks, 0) as active_tasks,
             case when a.kind = 'heartbeat' then a.current_task else o.current_task end as current_task,
             case a.kind when 'heartbeat' then a.error_rate when 'register' then 0
                  else coalesce(o.error_rate, 0) end as error_rate,
             case when a.kind = 'register' then false
                  when a.kind = 'card' then coalesce(o.is_degraded, false)
                  when a.runtime_state = 'wedged' then true
                  when coalesce(a.metadata, o.metadata)->'capabilities'->'status_mgmt' = 'true' then false
                  when a.error_rate >= ${DEGRADED_FROM} then true
                  when a.error_rate < ${RECOVERED_BELOW} then false
                  else coalesce(o.is_degraded, false) end as is_degraded,
             case a.kind when 'heartbeat' then a.sample_error when 'card' then o.sample_error end
               as sample_error,
             coalesce(a.uptime_seconds, o.uptime_seconds) as uptime_seconds,
             coalesce(nullif(a.monthly_spend_cents, 0), o.monthly_spend_cents, 0) as monthly_spend_cents,
             case a.kind when 'heartbeat' then a.runtime_state when 'register' then ''
                  else coalesce(o.runtime_state, '') end as runtime_state,
             coalesce(a.metadata, o.metadata, '{}') as metadata,
             coalesce(a.config_revision, o.config_revision) as config_revision,
             o.attempt is null or o.heartbeat_at < now() - interval '1 second'
                 * case when a.is_external then ${EXTERNAL_LOST_AFTER_SECONDS}::int else ${HEARTBEAT_LOST_AFTER_SECONDS}::int end
               or o.heartbeat_at <= a.claimed_at
               or (a.claimed_at is not null and (coalesce(a.active_tasks, o.active_tasks) > 0) <> (o.active_tasks > 0))
               or (a.kind = 'register' and (o.registered_at is null or o.url is distinct from a.url))
               as is_news,
             coalesce(o.is_degraded, false) as was_degraded
        from accepted a
        left join agent_reports e on e.workspace_uid = a.uid
        left join agent_reports o on o.workspace_uid = a.uid and o.attempt = a.attempt
       where e.attempt is null or e.attempt <= a.attempt
    )`;

/** Rows that are there are updated and never inserted, so that no word brings back what a release takes away at the
 * same time; the first word of a workspace holds on to the record until it is written. */
export const WRITE_REPORTS = sql`
    updated as (
      update agent_reports r
         set attempt = n.attempt, url = n.url, card = n.card, registered_at = n.registered_at,
             heartbeat_at = now(), activity_at = n.activity_at, active_tasks = n.active_tasks,
             current_task = n.current_task, error_rate = n.error_rate, is_degraded = n.is_degraded,
             sample_error = n.sample_error, uptime_seconds = n.uptime_seconds,
             monthly_spend_cents = n.monthly_spend_cents, runtime_state = n.runtime_state,
             metadata = n.metadata, config_revision = n.config_revision
        from next n where r.workspace_uid = n.uid and r.attempt <= n.attempt
    ), living as materialized (
      select w.uid from workspaces w
       where w.uid in (select uid from next where not has_row) and w.deletion_requested_at is null
         for key share
    ), inserted as (
      insert into agent_reports (workspace_uid, attempt, url, card, registered_at, heartbeat_at,
          activity_at, active_tasks, current_task, error_rate, is_degraded, sample_error,
          uptime_seconds, monthly_spend_cents, runtime_state, metadata, config_revision)
      select n.uid, n.attempt, n.url, n.card, n.registered_at, now(), n.activity_at, n.active_tasks,
             n.current_task, n.error_rate, n.is_degraded, n.sample_error, n.uptime_seconds,
             n.monthly_spend_cents, n.runtime_state, n.metadata, n.config_revision
        from next n join living using (uid) where not n.has_row
      on conflict (workspace_uid) do nothing
    )`;

/**
 * The first use of a token revokes the older ones of its attempt; where the attempt has a bootstrap token that is good, all
 * others: whoever else has exchanged it was not the one who speaks.
 */
export const USE_TOKENS = sql`
    used as (
      update credentials c
         set used_at = case when c.token_hash = a.token_hash then now() else c.used_at end,
             revoked_at = case when c.token_hash <> a.token_hash then now() end
        from accepted a
       where a.used_at is null and c.workspace_uid = a.uid and c.attempt = a.attempt
         and c.revoked_at is null and (c.token_hash = a.token_hash or c.created_at < a.minted_at
              or exists (select from credentials b
                          where b.workspace_uid = a.uid and b.attempt = a.attempt
                            and b.is_bootstrap and b.revoked_at is null))
    )`;

/** `pause`: whether the workspace or any ancestor is paused; a cycle is no endless walk. */
export const PAUSE = sql`
    chain as (
      select distinct j.uid, j.parent_id as next_id, 1 as depth, j.wanted = 'Paused' as is_paused
        from judged j where j.verdict = 'ok'
      union all
      select c.uid, p.parent_id, c.depth + 1, p.spec->>'desiredState' = 'Paused'
        from chain c join workspaces p on p.uid = c.next_id
       where c.is_paused is not true and c.depth <= ${MAX_DEPTH}
    ), pause as (
      select uid, bool_or(is_paused) as is_paused from chain group by uid
    )`;
