import { sql } from 'kysely';
import type { Transaction } from './db.ts';
import type { AttemptKey } from './launches.ts';

/**
 * Notes what an instance that fetches its bundle starts with: whatever it fetched last before its agent spoke. A change between the
 * call and the boot is neither missed nor restarted for then. No leader's write: every process serves agents.
 */
export async function storeFetchedConfig(
  tx: Transaction,
  { workspaceUid, attempt }: AttemptKey,
  configHash: string,
): Promise<void> {
  await sql`
    update launches set config_hash = ${configHash}
     where workspace_uid = ${workspaceUid} and attempt = ${attempt} and state <> 'closed'
       and config_hash <> ${configHash}
       and not exists (select from agent_reports r
                        where r.workspace_uid = ${workspaceUid} and r.attempt = ${attempt})`.execute(
    tx,
  );
}
