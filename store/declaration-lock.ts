import { sql } from 'kysely';
import type { Transaction } from './db.ts';

/** Any number but that of the migrations; "decl" in ASCII. */
const DECLARATION_LOCK = 0x6465636c;

/**
 * Until the end of the transaction nobody else writes a spec or a parent, or releases a record. One lock and not one
 * per set: a parent of one set is resolved in the children of another, and two sets may declare one name.
 */
export async function lockDeclarations(tx: Transaction): Promise<void> {
  await sql`select pg_advisory_xact_lock(${DECLARATION_LOCK})`.execute(tx);
}
