import { sql } from 'kysely';
import { ConflictError } from '../lib/errors.ts';
import type { Db, Transaction } from './db.ts';
import type { FencedTransaction } from './fencing.ts';
import { readLaunchProofs, type LaunchProof } from './launch-proofs.ts';
import { toStorableJson } from './storable.ts';
import type { GarbageDecision } from './tables.ts';

/** One instance that belongs to no record, as it is stored and shown. */
export interface GarbageRecord {
  readonly backend: string;
  readonly instanceId: string;
  readonly workspaceUid: string;
  readonly attempt: number;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  readonly evidence: unknown;
  readonly decision: GarbageDecision;
  readonly approvedBy?: string;
}

/** Whether deletions are halted, and for which list. */
export interface BreakerRecord {
  readonly reason?: string;
  readonly message?: string;
  readonly digest?: string;
  readonly approvedDigest?: string;
  readonly liveRecords: number;
}

/** What a pass decides from, read in one snapshot after the backends were listed. */
export interface GarbageSnapshot {
  readonly recordUids: ReadonlySet<string>;
  readonly launches: readonly LaunchProof[];
  /** Ids of the instances of a backend that a person has approved for deletion. */
  readonly approvedIds: (backend: string) => ReadonlySet<string>;
  readonly breaker: BreakerRecord;
  /** How many are stored as not gone yet. */
  readonly strayCount: number;
}

const NOT_GONE = ['unclaimed', 'approved', 'deleting', 'reported'] as const;

/** Reads records, launch rows and approvals of the listed uids in one repeatable-read transaction (design §7). */
export async function readGarbageSnapshot(
  db: Db,
  workspaceUids: readonly string[],
): Promise<GarbageSnapshot> {
  return await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      const records = await tx.selectFrom('workspaces').select('uid').execute();
      const launches = await readLaunchProofs(tx, workspaceUids);
      const strays = await tx
        .selectFrom('garbage')
        .select(['backend', 'instance_id', 'approved_by'])
        .where('decision', 'in', NOT_GONE)
        .execute();
      const approved = strays.filter(({ approved_by: by }) => by !== null);
      return {
        recordUids: new Set(records.map(({ uid }) => uid)),
        launches,
        approvedIds: (backend) =>
          new Set(approved.filter((one) => one.backend === backend).map((one) => one.instance_id)),
        breaker: await readBreaker(tx),
        strayCount: strays.length,
      };
    });
}

/** Notes that an instance was seen again; keeps when it was seen first and who approved it. */
export async function upsertGarbage(
  tx: FencedTransaction,
  seen: Omit<GarbageRecord, 'firstSeenAt' | 'lastSeenAt' | 'approvedBy'>,
): Promise<void> {
  const evidence = toStorableJson(seen.evidence);
  await tx
    .insertInto('garbage')
    .values({
      backend: seen.backend,
      instance_id: seen.instanceId,
      workspace_uid: seen.workspaceUid,
      attempt: seen.attempt,
      first_seen_at: sql`now()`,
      last_seen_at: sql`now()`,
      evidence,
      decision: seen.decision,
      approved_by: null,
      decided_at: sql<Date>`now()`,
    })
    .onConflict((conflict) =>
      conflict.columns(['backend', 'instance_id']).doUpdateSet({
        last_seen_at: sql`now()`,
        evidence,
        decision: seen.decision,
        decided_at: sql<Date>`now()`,
      }),
    )
    .execute();
}

/**
 * Marks as `gone` what the last complete list of a backend does not show any more, or what belongs to a record again.
 * What was approved for that is not approved for ever: should it be unclaimed once more, a person is asked once more.
 */
export async function markGarbageGone(
  tx: FencedTransaction,
  backend: string,
  stillStray: readonly string[],
): Promise<void> {
  await sql`
    update garbage set decision = case when decision = 'deleting' then 'terminated' else 'gone' end,
                       approved_by = case when decision = 'deleting' then approved_by end,
                       decided_at = now()
     where backend = ${backend}
       and decision = any(${[...NOT_GONE]}::text[])
       and not instance_id = any(${[...stillStray]}::text[])`.execute(tx);
}

/** What people see: everything that has not gone, the newest first. */
export async function listGarbage(db: Db | Transaction): Promise<readonly GarbageRecord[]> {
  const rows = await db
    .selectFrom('garbage')
    .selectAll()
    .where('decision', 'in', NOT_GONE)
    .orderBy('first_seen_at', 'desc')
    .orderBy('instance_id')
    .execute();
  return rows.map((row) => ({
    backend: row.backend,
    instanceId: row.instance_id,
    workspaceUid: row.workspace_uid,
    attempt: row.attempt,
    firstSeenAt: row.first_seen_at,
    lastSeenAt: row.last_seen_at,
    evidence: row.evidence,
    decision: row.decision,
    ...(row.approved_by !== null && { approvedBy: row.approved_by }),
  }));
}

/** A person approves the deletion of one unclaimed instance. Throws `ConflictError` when it is not unclaimed now. */
export async function approveGarbage(
  tx: Transaction,
  {
    backend,
    instanceId,
    by,
  }: { readonly backend: string; readonly instanceId: string; readonly by: string },
): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('garbage')
    .set({ decision: 'approved', approved_by: by, decided_at: sql`now()` })
    .where('backend', '=', backend)
    .where('instance_id', '=', instanceId)
    .where('decision', 'in', ['unclaimed', 'approved'])
    .executeTakeFirst();
  if (numUpdatedRows === 0n) {
    throw new ConflictError(`approving a deletion: ${backend}/${instanceId} is not unclaimed`);
  }
}

/** The breaker as the last pass left it. */
export async function readBreaker(db: Db | Transaction): Promise<BreakerRecord> {
  const row = await db.selectFrom('garbage_breaker').selectAll().executeTakeFirst();
  return row === undefined
    ? { liveRecords: 0 }
    : {
        ...(row.reason !== null && { reason: row.reason }),
        ...(row.message !== null && { message: row.message }),
        ...(row.digest !== null && { digest: row.digest }),
        ...(row.approved_digest !== null && { approvedDigest: row.approved_digest }),
        liveRecords: row.live_records,
      };
}

/** Stores what this pass found; `opened_at` stays while it stays open. */
export async function storeBreaker(
  tx: FencedTransaction,
  breaker: Omit<BreakerRecord, 'approvedDigest'>,
): Promise<void> {
  const opened = breaker.reason === undefined ? null : sql<Date>`now()`;
  await tx
    .insertInto('garbage_breaker')
    .values({
      reason: breaker.reason ?? null,
      message: breaker.message ?? null,
      digest: breaker.digest ?? null,
      approved_digest: null,
      approved_by: null,
      live_records: breaker.liveRecords,
      opened_at: opened,
    })
    .onConflict((conflict) =>
      conflict.column('only_row').doUpdateSet({
        reason: breaker.reason ?? null,
        message: breaker.message ?? null,
        digest: breaker.digest ?? null,
        live_records: breaker.liveRecords,
        opened_at:
          breaker.reason === undefined
            ? null
            : sql<Date>`coalesce(garbage_breaker.opened_at, now())`,
      }),
    )
    .execute();
}

/** A person approves the halted list. Throws `ConflictError` when the list is another one by now. */
export async function approveBreaker(
  tx: Transaction,
  { digest, by }: { readonly digest: string; readonly by: string },
): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('garbage_breaker')
    .set({ approved_digest: digest, approved_by: by })
    .where('digest', '=', digest)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) {
    throw new ConflictError(`approving deletions: ${digest} is not the list that is halted now`);
  }
}
