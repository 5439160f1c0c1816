import { sql } from 'kysely';
import { insertActivity } from './activity.ts';
import { revokeCredentials } from './agent-credentials.ts';
import { toNewRow } from './apply-plan.ts';
import { notifyChanged } from './changes.ts';
import { lockDeclarations } from './declaration-lock.ts';
import type { DeclaredObject } from './declared-object.ts';
import type { FencedTransaction } from './fencing.ts';
import { resolveParents } from './resolve-parents.ts';
import { insertObjects } from './write-objects.ts';

/**
 * Ends a record whose deletion was requested, its instance seen absent and its launches closed: the row goes with its reports,
 * credentials are revoked, children stay without a parent, launch rows stay as the proof of what was launched. A declaration
 * that waited for it starts anew: `declared-again`. `not-deleting` when nobody asked for the deletion, or the record is gone.
 * Begin the transaction with it: whoever applies a set holds the lock first and then waits for rows.
 */
export async function releaseWorkspace(
  tx: FencedTransaction,
  uid: string,
): Promise<'released' | 'declared-again' | 'not-deleting'> {
  await lockDeclarations(tx);
  const children = await listChildren(tx, uid);
  const gone = await tx
    .deleteFrom('workspaces')
    .where('uid', '=', uid)
    .where('deletion_requested_at', 'is not', null)
    .returning(['generation', 'parent_id', 'next_declaration'])
    .executeTakeFirst();
  if (gone === undefined) {
    return 'not-deleting';
  }
  await revokeCredentials(tx, uid);
  await tx.deleteFrom('agent_reports').where('workspace_uid', '=', uid).execute();
  const parents = gone.parent_id === null ? [] : [gone.parent_id];
  await notifyChanged(tx, [uid, ...parents, ...children]);
  if (gone.next_declaration === null) {
    return 'released';
  }
  await startAnew(tx, gone.next_declaration as DeclaredObject, gone.generation);
  return 'declared-again';
}

// The uid may be the same as before: a generation that goes on makes it impossible to take an old status for a new one.
async function startAnew(
  tx: FencedTransaction,
  declared: DeclaredObject,
  lastGeneration: number,
): Promise<void> {
  const { uid, namespace, name, applySet } = declared;
  await insertObjects(tx, 'Workspace', [toNewRow(declared, lastGeneration + 1)]);
  const moved = await resolveParents(tx, { changed: [uid], appeared: [declared] });
  await insertActivity(tx, [
    {
      workspaceUid: uid,
      namespace,
      name,
      action: 'Created',
      reason: 'Declared',
      message: `declared again by ${applySet} while its namesake was being deleted`,
      data: { kind: 'Workspace', applySet, generation: lastGeneration + 1 },
    },
  ]);
  await notifyChanged(tx, [uid, ...moved]);
}

async function listChildren(tx: FencedTransaction, uid: string): Promise<readonly string[]> {
  const { rows } = await sql<{ uid: string }>`
    select uid from workspaces where parent_id = ${uid}`.execute(tx);
  return rows.map((row) => row.uid);
}
