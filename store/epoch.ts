import { sql } from 'kysely';
import type { Db } from './db.ts';
import type { Leadership } from './fencing.ts';

/**
 * Becomes leader with the next epoch, when nobody leads or the lease was not renewed for `leaseSeconds` (on the
 * database's clock); undefined when somebody else leads. Waits for the open transactions of the epoch before.
 * `holder` must be unique for each run of a process.
 */
export async function acquireEpoch(
  db: Db,
  holder: string,
  leaseSeconds: number,
): Promise<Leadership | undefined> {
  // An insert, because an emptied database has no row either.
  const { rows } = await sql<Leadership>`
    insert into controller_epoch as stored (epoch, holder, renewed_at)
    values (1, ${holder}, clock_timestamp())
    on conflict (only_row) do update
      set epoch = stored.epoch + 1, holder = excluded.holder, renewed_at = clock_timestamp()
      where stored.holder = ''
         or stored.renewed_at < clock_timestamp() - make_interval(secs => ${leaseSeconds})
    returning epoch, holder`.execute(db);
  return rows[0];
}

/** Renews the lease; false when it is not ours any more. */
export async function renewEpoch(db: Db, { epoch, holder }: Leadership): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('controller_epoch')
    .set({ renewed_at: sql<Date>`clock_timestamp()` })
    .where('epoch', '=', epoch)
    .where('holder', '=', holder)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Gives the lease up, so that the next leader need not wait for it; nothing when it is not ours any more. */
export async function releaseEpoch(db: Db, { epoch, holder }: Leadership): Promise<void> {
  await db
    .updateTable('controller_epoch')
    .set({ holder: '' })
    .where('epoch', '=', epoch)
    .where('holder', '=', holder)
    .execute();
}
