import { sql, type UpdateObject } from 'kysely';
import type { WorkspaceSpec } from '../api/workspace.ts';
import { ConflictError, NotFoundError } from '../lib/errors.ts';
import { insertActivity } from './activity.ts';
import { planDeclared } from './apply-plan.ts';
import { notifyChanged } from './changes.ts';
import type { Transaction } from './db.ts';
import { lockDeclarations } from './declaration-lock.ts';
import { toDeclaredObject, type Layout } from './declared-object.ts';
import { assertEditable } from './ownership.ts';
import { markDeletionRequested } from './remove-objects.ts';
import { clearNextDeclarations } from './next-declaration.ts';
import { readStoredObjects } from './stored-object.ts';
import { toStoredWorkspace, type StoredWorkspace } from './stored-workspace.ts';
import type { Database } from './tables.ts';
import type { WorkspaceRequests } from './workspace-facts.ts';
import { listWorkspacesByUid } from './workspace-versions.ts';
import { findWorkspaceByUid } from './workspaces.ts';
import { writePlanned } from './write-planned.ts';

/** What an edit may change of a declaration; validated by whoever calls. */
export interface EditableFields {
  readonly spec: WorkspaceSpec;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface SpecEdit {
  readonly uid: string;
  readonly change: (before: EditableFields) => EditableFields;
}

/**
 * Edits a declaration in place, with the effects that applying it would have; answers the record as it is then.
 * Throws `NotFoundError`, `OwnedBySourceError`, and `ConflictError` for a record being deleted.
 */
export async function editSpec(
  tx: Transaction,
  { uid, change }: SpecEdit,
): Promise<StoredWorkspace> {
  await lockDeclarations(tx);
  const before = await getWorkspace(tx, uid);
  assertEditable(before);
  if (before.deletionRequestedAt !== undefined) {
    throw new ConflictError(`editing ${before.name}: it is being deleted`);
  }
  const declared = toDeclaredObject(
    { ...before, ...change(before), kind: 'Workspace' },
    uid,
    before,
  );
  const [stored] = await readStoredObjects(tx, 'Workspace', { refs: [declared], wholeSet: null });
  const plan = planDeclared(declared, stored, before);
  if (plan.result.result === 'refused') {
    throw new ConflictError(`editing ${before.name}: ${plan.result.message ?? ''}`);
  }
  await writePlanned(tx, [plan]);
  return await getWorkspace(tx, uid);
}

/**
 * Asks for the end of these workspaces, whatever is missing among them is skipped; a declaration that waits for the
 * release of one is forgotten. Answers them as they are then. Throws `OwnedBySourceError` for the first that a source
 * owns, and nothing is deleted.
 */
export async function requestDeletion(
  tx: Transaction,
  uids: readonly string[],
): Promise<readonly StoredWorkspace[]> {
  await lockDeclarations(tx);
  const before = await listWorkspacesByUid(tx, uids);
  before.forEach(assertEditable);
  await markDeletionRequested(tx, before);
  await clearNextDeclarations(tx, before);
  const started = before.filter(({ deletionRequestedAt }) => deletionRequestedAt === undefined);
  await insertActivity(
    tx,
    started.map(({ uid, namespace, name }) => ({
      workspaceUid: uid,
      namespace,
      name,
      action: 'DeletionRequested',
      reason: 'Requested',
      message: 'deletion was requested through the API',
    })),
  );
  await notifyChanged(
    tx,
    before.map(({ uid }) => uid),
  );
  return await listWorkspacesByUid(tx, uids);
}

/** Folds or unfolds it in pictures of the tree, whoever owns it. Throws `NotFoundError`. */
export async function setCollapsed(
  tx: Transaction,
  uid: string,
  collapsed: boolean,
): Promise<StoredWorkspace> {
  return await update(tx, uid, { collapsed });
}

/** Places it in pictures of the tree, whoever owns it; undefined: no place of its own. Throws `NotFoundError`. */
export async function setLayout(
  tx: Transaction,
  uid: string,
  layout: Layout | undefined,
): Promise<StoredWorkspace> {
  return await update(tx, uid, { layout: layout === undefined ? null : JSON.stringify(layout) });
}

/** Wishes to store, and with null those to take back. */
export type RequestChange = {
  readonly [K in keyof WorkspaceRequests]?: WorkspaceRequests[K] | null;
};

/**
 * Stores wishes that are not spec, whoever owns the record; any new value counts once. Those that belong together go in one
 * change. Throws `NotFoundError`.
 */
export async function setRequests(
  tx: Transaction,
  uid: string,
  change: RequestChange,
): Promise<StoredWorkspace> {
  return await update(tx, uid, {
    requests: sql<string>`jsonb_strip_nulls(requests || ${JSON.stringify(change)}::jsonb)`,
  });
}

/** A wish to wake ends one to hibernate that was not followed yet: else it would put to sleep at once what was woken. */
export function wakeRequest(wakeRequestedAt: string): RequestChange {
  return { wakeRequestedAt, hibernateRequestedAt: null };
}

async function update(
  tx: Transaction,
  uid: string,
  change: UpdateObject<Database, 'workspaces'>,
): Promise<StoredWorkspace> {
  const row = await tx
    .updateTable('workspaces')
    .set({ ...change, updated_at: sql<Date>`now()` })
    .where('uid', '=', uid)
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) {
    throw new NotFoundError('changing a workspace: it does not exist', { reason: 'NotFound' });
  }
  await notifyChanged(tx, [uid]);
  return toStoredWorkspace(row);
}

async function getWorkspace(tx: Transaction, uid: string): Promise<StoredWorkspace> {
  const found = await findWorkspaceByUid(tx, uid);
  if (found === undefined) {
    throw new NotFoundError('editing a workspace: it does not exist', { reason: 'NotFound' });
  }
  return found;
}
