import { sql } from 'kysely';
import { revokeUnused } from './agent-credentials.ts';
import type { Transaction } from './db.ts';
import type { AttemptKey } from './launches.ts';

/** A new token of an agent, for the one who holds the bootstrap token of the attempt. */
export interface Exchange extends AttemptKey {
  /** SHA-256, hexadecimal, as all hashes here. */
  readonly bootstrapHash: string;
  readonly tokenHash: string;
}

/**
 * Stores the new token, and says so in the activity. False, and nothing is stored, when the bootstrap token is not good for the
 * attempt any more, the attempt is over, or the record is being deleted: all of it is checked in the statement that writes.
 * The bootstrap token stays good until a token of its attempt is used. No leader's write: every process serves agents.
 */
export async function exchangeBootstrap(tx: Transaction, exchange: Exchange): Promise<boolean> {
  const { workspaceUid, attempt, bootstrapHash, tokenHash } = exchange;
  // The record first, as a release does. Whoever uses a token waits for this row, and revokes it after.
  const { numAffectedRows } = await sql`
    with living as materialized (
      select uid, namespace, name from workspaces
       where uid = ${workspaceUid} and deletion_requested_at is null for key share
    ), armed as materialized (
      select c.workspace_uid, c.attempt, c.inbound_secret, w.namespace, w.name
        from living w
        join credentials c on c.workspace_uid = w.uid
        join launches l on l.workspace_uid = c.workspace_uid and l.attempt = c.attempt
       where c.token_hash = ${bootstrapHash} and c.is_bootstrap and c.revoked_at is null
         and c.attempt = ${attempt} and l.state <> 'closed'
         for share of c
    ), minted as (
      insert into credentials (token_hash, workspace_uid, attempt, inbound_secret)
      select ${tokenHash}, workspace_uid, attempt, inbound_secret from armed
    )
    insert into activity (workspace_uid, namespace, name, action, reason, message, data)
    select workspace_uid, namespace, name, 'Bootstrapped', 'Bootstrapped',
           'the instance of attempt ' || attempt || ' fetched its bundle',
           jsonb_build_object('attempt', attempt)
      from armed`.execute(tx);
  await revokeUnused(tx, { workspaceUid, attempt });
  return numAffectedRows === 1n;
}
