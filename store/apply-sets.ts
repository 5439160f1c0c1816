import { sql, type Selectable } from 'kysely';
import type { Db, Transaction } from './db.ts';
import { toStorableJson } from './storable.ts';
import type { ApplySetState, ApplySetsTable } from './tables.ts';

/** What a source says of itself. */
export interface ApplySetReport {
  readonly name: string;
  readonly state: ApplySetState;
  /** As shown to people; [] when all is well. */
  readonly problems: readonly string[];
  /** While Held: digest over the deletions that wait for a person, and their `Kind namespace/name`. */
  readonly held?: { readonly digest: string; readonly deletions: readonly string[] };
}

/** With what a person answered. */
export interface ApplySetRecord extends ApplySetReport {
  readonly confirmedDigest?: string;
  readonly confirmedBy?: string;
  readonly updatedAt: Date;
}

/**
 * Stores the report; the row is written only when something differs. What a person confirmed stays until the source is
 * Active again: the same deletions waiting another time need another answer.
 */
export async function reportApplySet(
  tx: Transaction,
  { name, state, problems, held }: ApplySetReport,
): Promise<void> {
  await sql`
    insert into apply_sets as stored (name, state, problems, held_digest, held_deletions)
    values (${name}, ${state}, ${toStorableJson(problems)}, ${held?.digest ?? null},
            ${JSON.stringify(held?.deletions ?? [])})
    on conflict (name) do update
      set state = excluded.state, problems = excluded.problems, held_digest = excluded.held_digest,
          held_deletions = excluded.held_deletions, updated_at = now(),
          confirmed_digest = case when excluded.state = 'Held' then stored.confirmed_digest end,
          confirmed_by = case when excluded.state = 'Held' then stored.confirmed_by end
      where (stored.state, stored.problems, stored.held_digest, stored.held_deletions)
         is distinct from (excluded.state, excluded.problems, excluded.held_digest, excluded.held_deletions)`.execute(
    tx,
  );
}

/** Confirms exactly the deletions with this digest; false when others, or none, wait now. */
export async function confirmHeldDeletions(
  tx: Transaction,
  { name, digest, by }: { readonly name: string; readonly digest: string; readonly by: string },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('apply_sets')
    .set({ confirmed_digest: digest, confirmed_by: by, updated_at: sql<Date>`now()` })
    .where('name', '=', name)
    .where('state', '=', 'Held')
    .where('held_digest', '=', digest)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function findApplySet(
  db: Db | Transaction,
  name: string,
): Promise<ApplySetRecord | undefined> {
  const row = await db
    .selectFrom('apply_sets')
    .selectAll()
    .where('name', '=', name)
    .executeTakeFirst();
  return row && toApplySetRecord(row);
}

/** Ordered by name. */
export async function listApplySets(db: Db | Transaction): Promise<readonly ApplySetRecord[]> {
  const rows = await db.selectFrom('apply_sets').selectAll().orderBy('name').execute();
  return rows.map(toApplySetRecord);
}

function toApplySetRecord(row: Selectable<ApplySetsTable>): ApplySetRecord {
  return {
    name: row.name,
    state: row.state,
    problems: row.problems,
    ...(row.held_digest !== null && {
      held: { digest: row.held_digest, deletions: row.held_deletions },
    }),
    ...(row.confirmed_digest !== null && { confirmedDigest: row.confirmed_digest }),
    ...(row.confirmed_by !== null && { confirmedBy: row.confirmed_by }),
    updatedAt: row.updated_at,
  };
}
