import { sql } from 'kysely';
import type { Db, Transaction } from './db.ts';
import type { FencedTransaction } from './fencing.ts';
import type { AttemptKey } from './launches.ts';

export interface NewCredentials extends AttemptKey {
  /** SHA-256 of the agent's token, hexadecimal; the token itself is never stored. */
  readonly tokenHash: string;
  /** The inbound secret under the installation key; every row of an attempt holds the same. */
  readonly sealedInboundSecret: string;
  /** A bootstrap token: good for `exchangeBootstrap` and nothing else. Default: false. */
  readonly isBootstrap?: boolean;
}

/**
 * Adds one minted token of an attempt. The tokens before it stay good until the first use of this one.
 * An attempt has one bootstrap token: stored again, nothing changes, but for an attempt that has no good token any more; then
 * this one is good again.
 */
export async function storeCredentials(
  tx: FencedTransaction,
  credentials: NewCredentials,
): Promise<void> {
  await insertCredentials(tx, credentials);
}

/** The statement alone; for who has the right to it by other means than leadership. */
export async function insertCredentials(
  tx: Transaction,
  { workspaceUid, attempt, tokenHash, sealedInboundSecret, isBootstrap = false }: NewCredentials,
): Promise<void> {
  await tx
    .insertInto('credentials')
    .values({
      token_hash: tokenHash,
      workspace_uid: workspaceUid,
      attempt,
      inbound_secret: sealedInboundSecret,
      is_bootstrap: isBootstrap,
    })
    .onConflict((conflict) =>
      conflict
        .column('token_hash')
        .doUpdateSet({ revoked_at: null })
        .where(
          sql<boolean>`excluded.is_bootstrap and not exists (
            select from credentials other
             where other.workspace_uid = excluded.workspace_uid and other.attempt = excluded.attempt
               and other.revoked_at is null)`,
        ),
    )
    .execute();
}

/** Tokens of an attempt that were never used and stay good; older ones were shown to nobody who is still about to use them. */
const MOST_UNUSED_TOKENS = 10;

/**
 * Revokes all but the newest tokens of an attempt that nobody has used, so that asking for ever leaves no heap of keys. Rows
 * that somebody works on are not waited for: that one may wait for us.
 */
export async function revokeUnused(
  tx: Transaction,
  { workspaceUid, attempt }: AttemptKey,
): Promise<void> {
  await sql`
    update credentials set revoked_at = now()
     where token_hash in (select token_hash from credentials
                           where workspace_uid = ${workspaceUid} and attempt = ${attempt}
                             and used_at is null and revoked_at is null and not is_bootstrap
                           order by created_at desc, token_hash offset ${MOST_UNUSED_TOKENS}
                             for update skip locked)`.execute(tx);
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

/** Whether the attempt has a token that is good, a bootstrap token included: what it is exchanged for will be. */
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

/** How long a revoked token of a released record is told that its workspace is gone; as long as launch rows are kept. */
const REVOKED_RETENTION_DAYS = 90;

/** At the release of the record: from here on no token of it is good, and its secrets are forgotten. */
export async function revokeCredentials(
  tx: FencedTransaction,
  workspaceUid: string,
): Promise<void> {
  await sql`
    update credentials set revoked_at = coalesce(revoked_at, now()), inbound_secret = ''
     where workspace_uid = ${workspaceUid}`.execute(tx);
}

/** Removes what was revoked more than `REVOKED_RETENTION_DAYS` ago and belongs to no record, and answers how many rows. */
export async function pruneCredentials(tx: FencedTransaction): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from credentials c
     where revoked_at < now() - ${REVOKED_RETENTION_DAYS} * interval '1 day'
       and not exists (select 1 from workspaces where uid = c.workspace_uid)`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}

/** Before a start: the next word of the agent is of another run. */
export async function forgetReport(tx: FencedTransaction, workspaceUid: string): Promise<void> {
  await tx.deleteFrom('agent_reports').where('workspace_uid', '=', workspaceUid).execute();
}
