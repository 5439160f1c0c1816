import { sql } from 'kysely';
import { FencedError } from '../lib/errors.ts';
import type { Db, Transaction } from './db.ts';

/** The right to write as leader: this holder, in this epoch. */
export interface Leadership {
  readonly epoch: number;
  /** Unique for each run of a process, or an older run of the same host would pass as this one. */
  readonly holder: string;
}

declare const fencedBrand: unique symbol;
/** A transaction that began by proving its leadership; only `fenced` hands it out. */
export type FencedTransaction = Transaction & { readonly [fencedBrand]: true };

/**
 * Runs `work` in a transaction that commits only while `leadership` holds: nobody else can become leader before it ends.
 * Throws `FencedError` when another epoch or holder is stored, or none.
 */
export async function fenced<T>(
  db: Db,
  leadership: Leadership,
  work: (tx: FencedTransaction) => Promise<T>,
): Promise<T> {
  return await db.transaction().execute(async (tx) => {
    await assertLeadership(tx, leadership);
    return await work(tx as FencedTransaction);
  });
}

// KEY SHARE and not SHARE: it holds off a new epoch or holder (they are in a unique index), but not a renewal of the
// lease. With SHARE, ten busy connections held renewals up for 280-430 ms; with KEY SHARE for 5-11 ms (bench).
async function assertLeadership(tx: Transaction, { epoch, holder }: Leadership): Promise<void> {
  const { rows } = await sql<Leadership>`
    /* prepared: fence */ select epoch, holder from controller_epoch for key share`.execute(tx);
  const stored = rows[0];
  if (stored?.epoch !== epoch || stored.holder !== holder) {
    throw new FencedError(
      `writing as leader of epoch ${epoch}: the database says ${describe(stored)}`,
    );
  }
}

function describe(stored: Leadership | undefined): string {
  return stored === undefined ? 'there is none' : `epoch ${stored.epoch} of '${stored.holder}'`;
}
