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

/**
 * The fingerprint of the key that this database was first used with: `fingerprint` when it was none yet, else the stored
 * one. A caller that gets another one than its own cannot open what is sealed in there. Throws when no installation has
 * claimed the database.
 */
export async function claimKeyFingerprint(db: Db, fingerprint: string): Promise<string> {
  const { key_fingerprint: stored } = await db
    .updateTable('installation')
    .set((eb) => ({ key_fingerprint: eb.fn.coalesce('key_fingerprint', eb.val(fingerprint)) }))
    .returning('key_fingerprint')
    .executeTakeFirstOrThrow();
  return stored ?? fingerprint;
}

/** When this database was first used. */
export async function readCreatedAt(db: Db): Promise<Date> {
  const row = await db.selectFrom('installation').select('created_at').executeTakeFirstOrThrow();
  return row.created_at;
}
