import { sql } from 'kysely';
import { insertCredentials, revokeUnused, type NewCredentials } from './agent-credentials.ts';
import type { Db, Transaction } from './db.ts';
import type { FencedTransaction } from './fencing.ts';
import type { AttemptKey } from './launches.ts';

/** Agents that run elsewhere (docs/adr/0006): their attempt is a fact of the record, and no launch stands for it. */

/** Awaits an agent elsewhere in this attempt. What was known of instances (failures, hibernation) is forgotten. */
export async function openExternalAttempt(
  tx: FencedTransaction,
  { workspaceUid, attempt }: AttemptKey,
): Promise<void> {
  await tx
    .updateTable('workspaces')
    .set({ external_attempt: attempt, failures: null, hibernation: null })
    .where('uid', '=', workspaceUid)
    .execute();
}

/** Whoever speaks in the attempt from now on is refused: it is over. */
export async function closeExternalAttempt(
  tx: FencedTransaction,
  workspaceUid: string,
): Promise<void> {
  await tx
    .updateTable('workspaces')
    .set({ external_attempt: null })
    .where('uid', '=', workspaceUid)
    .execute();
}

/** The attempt of the agent elsewhere, and the record locked against the end of it; undefined when there is none. */
export async function lockExternalAttempt(
  tx: Transaction,
  workspaceUid: string,
): Promise<AttemptKey | undefined> {
  const row = await tx
    .selectFrom('workspaces')
    .select('external_attempt')
    .where('uid', '=', workspaceUid)
    .where('external_attempt', 'is not', null)
    .where('deletion_requested_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  const attempt = row?.external_attempt;
  return attempt === undefined || attempt === null ? undefined : { workspaceUid, attempt };
}

/**
 * Adds a token that an operator asked for; `tx` holds the lock of `lockExternalAttempt`. Older tokens stay good until the first use of
 * this one, but for all except the newest that nobody has used.
 */
export async function storeConnection(tx: Transaction, credentials: NewCredentials): Promise<void> {
  await insertCredentials(tx, credentials);
  await revokeUnused(tx, credentials);
}

/** Where the declaration of a workspace says that its agent listens. */
export interface DeclaredAddress {
  readonly uid: string;
  readonly url: string;
}

/** Every declared address of an agent elsewhere, without those of records that are being deleted. */
export async function listDeclaredAddresses(db: Db): Promise<readonly DeclaredAddress[]> {
  const { rows } = await sql<DeclaredAddress>`
    select uid, spec #>> '{external,url}' as url from workspaces
     where spec #>> '{external,url}' is not null and deletion_requested_at is null`.execute(db);
  return rows;
}
