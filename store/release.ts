import type { DeclaredObject } from './declared-object.ts';
import type { FencedTransaction } from './fencing.ts';
import { resolveParents } from './resolve-parents.ts';
import { insertObjects } from './write-objects.ts';

/**
 * Removes a deleted record whose instance was seen absent, with its credentials and reports. Launch rows stay: they
 * prove what was launched. A declaration of the same name that waited for this starts anew, as generation 1.
 */
export async function releaseWorkspace(tx: FencedTransaction, uid: string): Promise<void> {
  const released = await tx
    .deleteFrom('workspaces')
    .where('uid', '=', uid)
    .where('deletion_requested_at', 'is not', null)
    .returning('next_declaration')
    .executeTakeFirst();
  await tx.deleteFrom('credentials').where('workspace_uid', '=', uid).execute();
  await tx.deleteFrom('agent_reports').where('workspace_uid', '=', uid).execute();
  const next = released?.next_declaration;
  if (next !== undefined && next !== null) {
    await begin(tx, next as DeclaredObject);
  }
}

async function begin(tx: FencedTransaction, declared: DeclaredObject): Promise<void> {
  const { collapsed = false, layout = null } = declared;
  await insertObjects(tx, 'Workspace', [{ ...declared, collapsed, layout, generation: 1 }]);
  await resolveParents(tx, { changed: [declared.uid], appeared: [declared] });
}
