import { describeDeclaration } from '../api/objects.ts';
import { refuse, type PlannedObject, type Write } from './apply-plan.ts';
import type { ClassUsers } from './class-users.ts';
import { keyOf, type ObjectRef } from './object-ref.ts';
import type { StoredObject } from './stored-object.ts';

/** `missing`: whatever the set owns and does not declare now; or exactly these, where the set owns them. */
export type Prune = 'none' | 'missing' | readonly ObjectRef[];

/** What to do about the objects that one set does not declare any more. Pure. */
export function planRemovals(options: {
  readonly applySet: string;
  /** What is stored and not declared; objects of other sets are left alone, or refused when named. */
  readonly stored: readonly StoredObject[];
  readonly prune: Prune;
  readonly classUsers: ClassUsers;
}): readonly PlannedObject[] {
  const { applySet, stored, prune, classUsers } = options;
  if (prune === 'none') {
    return [];
  }
  const named = prune === 'missing' ? undefined : new Set(prune.map(keyOf));
  return stored
    .filter((object) => named?.has(keyOf(object)) ?? true)
    .flatMap((object) => planRemoval(object, applySet, classUsers));
}

function planRemoval(
  stored: StoredObject,
  applySet: string,
  classUsers: ClassUsers,
): readonly PlannedObject[] {
  if (stored.isDeleting) {
    return stored.nextSet === applySet
      ? [remove(stored, 'unqueue', 'does not start anew after its deletion')]
      : [];
  }
  if (stored.applySet !== applySet) {
    const message = `${describeDeclaration(stored)} belongs to apply set ${stored.applySet}`;
    return [refuse(stored, 'NameConflict', message)];
  }
  if (stored.kind === 'Workspace') {
    return [remove(stored, 'request-deletion')];
  }
  const users = stored.kind === 'WorkspaceClass' ? (classUsers.get(stored.name) ?? []) : [];
  return users.length > 0
    ? [refuse(stored, 'InUse', `used by ${listSome(users.map(describeDeclaration))}`)]
    : [remove(stored, 'delete')];
}

function remove(
  stored: StoredObject,
  action: Extract<Write, { stored: StoredObject }>['action'],
  message?: string,
): PlannedObject {
  const { kind, namespace, name, uid } = stored;
  return {
    result: {
      kind,
      namespace,
      name,
      uid,
      result: 'deleted',
      ...(message !== undefined && { message }),
    },
    write: { action, stored },
  };
}

/** As many as fit into a line of a terminal. */
const SHOWN = 5;

function listSome(names: readonly string[]): string {
  const rest = names.length - SHOWN;
  return names.slice(0, SHOWN).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
