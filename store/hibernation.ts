import { sql } from 'kysely';
import type { FencedTransaction } from './fencing.ts';
import type { Hibernation } from './workspace-facts.ts';

/**
 * Claims a workspace for hibernation if it still is what was looked at: the generation, and unless forced no active task and
 * no activity since `activityAt`. One statement, so a task that comes in at the same moment wins or is seen
 * (lessons.md, P27). Answers whether it did.
 */
export async function claimHibernation(
  tx: FencedTransaction,
  {
    uid,
    generation,
    claim,
    activityAt,
  }: {
    readonly uid: string;
    readonly generation: number;
    readonly claim: Hibernation;
    /** undefined: no agent has spoken. */
    readonly activityAt: Date | undefined;
  },
): Promise<boolean> {
  const { rows } = await sql`
    update workspaces w set hibernation = ${JSON.stringify(claim)}::jsonb, settled_key = null
     where w.uid = ${uid} and w.generation = ${generation} and w.deletion_requested_at is null
       and (${claim.isForced === true} or not exists
             (select 1 from agent_reports r join launches l using (workspace_uid, attempt)
               where r.workspace_uid = w.uid and l.state <> 'closed'
                 and (r.active_tasks > 0
                      or date_trunc('milliseconds', r.activity_at)
                         > coalesce(${activityAt ?? null}::timestamptz, '-infinity'))))
     returning 1`.execute(tx);
  return rows.length > 0;
}

/** Replaces the fact; undefined takes it away. */
export async function storeHibernation(
  tx: FencedTransaction,
  uid: string,
  hibernation: Hibernation | undefined,
): Promise<void> {
  await tx
    .updateTable('workspaces')
    .set({ hibernation: hibernation === undefined ? null : JSON.stringify(hibernation) })
    .where('uid', '=', uid)
    .execute();
}
