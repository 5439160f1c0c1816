import { sql } from 'kysely';
import type { FencedTransaction } from './fencing.ts';

/** How much of a class may be in use. */
export interface Quota {
  readonly maxWorkspaces?: number;
  readonly maxVcpus?: number;
}

export interface QuotaRequest {
  readonly uid: string;
  readonly className: string;
  /** What the launch would add; 1000 is one vCPU. */
  readonly milliCpus: number;
}

interface Usage {
  readonly workspaces: number;
  readonly milli_cpus: number;
  readonly is_next: boolean;
}

/**
 * Why this workspace cannot be launched now, in words; undefined when it can. Open attempts count, and those that were declared
 * before it go first. The class is locked until the transaction ends, so that two at once cannot both take the last place:
 * insert the launch in the same transaction.
 */
export async function findQuotaProblem(
  tx: FencedTransaction,
  request: QuotaRequest,
  { maxWorkspaces = Infinity, maxVcpus = Infinity }: Quota,
): Promise<string | undefined> {
  const { className, milliCpus } = request;
  await sql`select pg_advisory_xact_lock(hashtext(${`quota of ${className}`}))`.execute(tx);
  const usage = await readUsage(tx, request);
  if (usage.workspaces + 1 > maxWorkspaces) {
    return `class "${className}" runs as many workspaces as its quota allows (${maxWorkspaces})`;
  }
  if (usage.milli_cpus + milliCpus > maxVcpus * 1000) {
    return `class "${className}" has no room for it within its quota of ${maxVcpus} vCPUs`;
  }
  return usage.is_next
    ? undefined
    : `others that were declared before it wait for the quota of class "${className}"`;
}

/** Who is ahead: declared before, without an attempt, and waiting for the quota or not looked at yet. */
async function readUsage(tx: FencedTransaction, { uid, className }: QuotaRequest): Promise<Usage> {
  const { rows } = await sql<Usage>`
    select count(*)::int as workspaces, coalesce(sum(milli_cpus), 0)::int as milli_cpus,
           not exists (
             select 1 from workspaces w join workspaces me on me.uid = ${uid}
              where (w.created_at, w.name, w.uid) < (me.created_at, me.name, me.uid)
                and w.deletion_requested_at is null and not w.spec ? 'external'
                and not exists (select 1 from launches l where l.workspace_uid = w.uid and l.state <> 'closed')
                and (w.status_hash = '' and coalesce(w.spec->>'className', ${className}) = ${className}
                     or w.status #>> '{resolved,class}' = ${className}
                        and w.status @> '{"conditions": [{"type": "Accepted", "reason": "QuotaExceeded"}]}')
           ) as is_next
      from launches
     where class_name = ${className} and state <> 'closed' and workspace_uid <> ${uid}`.execute(tx);
  return rows[0] ?? { workspaces: 0, milli_cpus: 0, is_next: true };
}
