import type { FencedTransaction } from './fencing.ts';

/** Remembers for which request the state was emptied, so that it happens once, whatever attempt follows. */
export async function storeSessionReset(
  tx: FencedTransaction,
  uid: string,
  resetSessionAt: string,
): Promise<void> {
  await tx
    .updateTable('workspaces')
    .set({ session_reset_at: resetSessionAt })
    .where('uid', '=', uid)
    .execute();
}
