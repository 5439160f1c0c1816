import { sql } from 'kysely';
import { sha256Hex } from '../../lib/hash.ts';
import { storeCredentials } from '../../store/agent-credentials.ts';
import { applySet } from '../../store/apply-set.ts';
import { inTransaction, type Db } from '../../store/db.ts';
import { acquireEpoch } from '../../store/epoch.ts';
import { fenced, type FencedTransaction } from '../../store/fencing.ts';
import type { LaunchState } from '../../store/tables.ts';
import { workspace } from './manifests.ts';

/** Declares a workspace in the set `cli`, and answers its uid. */
export async function declareWorkspace(
  db: Db,
  manifest: Parameters<typeof workspace>[0],
): Promise<string> {
  const [result] = await inTransaction(db, (tx) =>
    applySet(tx, {
      installationId: 'installation',
      applySet: 'cli',
      declarations: [workspace(manifest)],
      prune: 'none',
      dryRun: false,
    }),
  );
  return result?.uid ?? '';
}

/** A row of `launches`, launched unless `state` says otherwise. */
export async function openLaunch(
  db: Db,
  { uid, attempt, state = 'launched' }: { uid: string; attempt: number; state?: LaunchState },
): Promise<void> {
  await sql`
    insert into launches (workspace_uid, attempt, namespace, name, class_name, backend, token, params,
                          inputs_hash, config_hash, state)
    values (${uid}, ${attempt}, 'default', ${uid}, 'local', 'process', ${`${uid}-${attempt}`}, '{}',
            'inputs', ${sha256Hex(`config-${attempt}`)}, ${state})`.execute(db);
}

/** Ends the open attempt, as the reconciler does. */
export async function closeLaunches(db: Db, uid: string): Promise<void> {
  await sql`update launches set state = 'closed', closed_at = now() where workspace_uid = ${uid}`.execute(
    db,
  );
}

/** Mints a token of an attempt, as the reconciler does. */
export async function mintToken(
  db: Db,
  { uid, attempt, token }: { uid: string; attempt: number; token: string },
): Promise<void> {
  await lead(db, (tx) =>
    storeCredentials(tx, {
      workspaceUid: uid,
      attempt,
      tokenHash: sha256Hex(token),
      sealedInboundSecret: 'sealed',
    }),
  );
}

/** Writes as leader. */
export async function lead<T>(db: Db, work: (tx: FencedTransaction) => Promise<T>): Promise<T> {
  const leadership = await acquireEpoch(db, 'test-of-agents', 0);
  return await fenced(db, leadership ?? { epoch: -1, holder: '' }, work);
}
