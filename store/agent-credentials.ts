import type { Db, Transaction } from './db.ts';
import type { FencedTransaction } from './fencing.ts';
import type { AttemptKey } from './launches.ts';

export interface NewCredentials extends AttemptKey {
  /** SHA-256 of the agent's token, hexadecimal; the token itself is never stored. */
  readonly tokenHash: string;
  /** The inbound secret under the installation key; every row of an attempt holds the same. */
  readonly sealedInboundSecret: string;
}

/** Adds one minted token of an attempt. The tokens before it stay good until the first use of this one. */
export async function storeCredentials(
  tx: FencedTransaction,
  { workspaceUid, attempt, tokenHash, sealedInboundSecret }: NewCredentials,
): Promise<void> {
  await tx
    .insertInto('credentials')
    .values({
      token_hash: tokenHash,
      workspace_uid: workspaceUid,
      attempt,
      inbound_secret: sealedInboundSecret,
    })
    .execute();
}

/** What the first credentials of the attempt were stored with; undefined when it has none. */
export async function findSealedInboundSecret(
  db: Db | Transaction,
  { workspaceUid, attempt }: AttemptKey,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('credentials')
    .select('inbound_secret')
    .where('workspace_uid', '=', workspaceUid)
    .where('attempt', '=', attempt)
    .orderBy('created_at')
    .limit(1)
    .executeTakeFirst();
  return row?.inbound_secret;
}

/** Whether the attempt has a token that is good. */
export async function hasCredentials(
  db: Db | Transaction,
  { workspaceUid, attempt }: AttemptKey,
): Promise<boolean> {
  const row = await db
    .selectFrom('credentials')
    .select('token_hash')
    .where('workspace_uid', '=', workspaceUid)
    .where('attempt', '=', attempt)
    .where('revoked_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Before a start: the next word of the agent is of another run. */
export async function forgetReport(tx: FencedTransaction, workspaceUid: string): Promise<void> {
  await tx.deleteFrom('agent_reports').where('workspace_uid', '=', workspaceUid).execute();
}
