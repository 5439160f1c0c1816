import type { Db } from './db.ts';

/**
 * The id this database belongs to: `id` when it belonged to nobody yet, else the stored one. A caller that gets
 * another id than its own works on the wrong database and must launch and delete nothing (`InstallationMismatch`).
 */
export async function claimInstallation(db: Db, id: string): Promise<string> {
  await db
    .insertInto('installation')
    .values({ id })
    .onConflict((conflict) => conflict.column('only_row').doNothing())
    .execute();
  const stored = await db.selectFrom('installation').select('id').executeTakeFirstOrThrow();
  return stored.id;
}

/** When this database was first used. */
export async function readCreatedAt(db: Db): Promise<Date> {
  const row = await db.selectFrom('installation').select('created_at').executeTakeFirstOrThrow();
  return row.created_at;
}
