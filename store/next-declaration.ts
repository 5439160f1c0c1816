import { sql } from 'kysely';
import { toJsonBatches } from './batches.ts';
import type { Transaction } from './db.ts';
import type { DeclaredObject } from './declared-object.ts';

/** Keeps declarations of names that are being deleted until the release; the latest wins. */
export async function queueDeclarations(
  tx: Transaction,
  queued: readonly { readonly uid: string; readonly declared: DeclaredObject }[],
): Promise<void> {
  for (const json of toJsonBatches(queued.map(({ uid, declared }) => ({ uid, declared })))) {
    await sql`
      update workspaces w set next_declaration = queued.declared, updated_at = now()
        from jsonb_to_recordset(${json}::jsonb) as queued (uid text, declared jsonb)
       where w.uid = queued.uid`.execute(tx);
  }
}

/** Nobody waits for the release of these any more. */
export async function clearNextDeclarations(
  tx: Transaction,
  workspaces: readonly { readonly uid: string }[],
): Promise<void> {
  const uids = workspaces.map(({ uid }) => uid);
  if (uids.length > 0) {
    await sql`
      update workspaces set next_declaration = null, updated_at = now()
       where uid = any(${uids}::text[]) and next_declaration is not null`.execute(tx);
  }
}
