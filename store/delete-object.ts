import { describeDeclaration } from '../api/objects.ts';
import { NotFoundError, ReconcileError } from '../lib/errors.ts';
import { insertActivity } from './activity.ts';
import { notifyChanged } from './changes.ts';
import { findClassUsers } from './class-users.ts';
import type { Transaction } from './db.ts';
import { lockDeclarations } from './declaration-lock.ts';
import type { PlainKind } from './kind-tables.ts';
import type { ObjectRef } from './object-ref.ts';
import { findObject } from './objects.ts';
import { assertEditable } from './ownership.ts';
import { deletePlainObjects } from './remove-objects.ts';

/** A class that workspaces need cannot be deleted before them. */
export class InUseError extends ReconcileError {
  readonly users: readonly ObjectRef[];

  constructor(message: string, users: readonly ObjectRef[]) {
    super(message, 'InUse', { kind: 'drop' });
    this.users = users;
  }
}

/** Deletes a template, class or org. Throws `NotFoundError`, `OwnedBySourceError`, `InUseError`. */
export async function deleteObject(
  tx: Transaction,
  ref: ObjectRef & { readonly kind: PlainKind },
): Promise<void> {
  await lockDeclarations(tx);
  const { kind, namespace, name } = ref;
  const found = await findObject(tx, kind, namespace, name);
  if (found === undefined) {
    throw new NotFoundError(`deleting ${describeDeclaration(ref)}: it does not exist`, {
      reason: 'NotFound',
    });
  }
  assertEditable(found);
  await assertUnused(tx, ref);
  await deletePlainObjects(tx, kind, [found]);
  await insertActivity(tx, [
    {
      namespace,
      name,
      action: 'Deleted',
      reason: 'Requested',
      message: 'deleted through the API',
      data: { kind, applySet: found.applySet },
    },
  ]);
  await notifyChanged(tx, 'everything');
}

async function assertUnused(tx: Transaction, ref: ObjectRef): Promise<void> {
  const classNames = ref.kind === 'WorkspaceClass' ? [ref.name] : [];
  const users = (await findClassUsers(tx, classNames)).get(ref.name) ?? [];
  if (users.length > 0) {
    throw new InUseError(
      `deleting ${describeDeclaration(ref)}: ${users.length} workspaces need it`,
      users,
    );
  }
}
