import { findImmutableChanges } from '../api/immutable-fields.ts';
import { describeDeclaration } from '../api/objects.ts';
import type { ApplyOutcome, ObjectResult, RefusalReason } from './apply-result.ts';
import {
  effectiveHash,
  holdsUnstorableText,
  UNSTORABLE,
  type DeclaredObject,
  type Layout,
} from './declared-object.ts';
import type { ObjectRef } from './object-ref.ts';
import type { StoredObject, StoredSpec } from './stored-object.ts';

/** A declared object with the columns that also depend on what is stored. */
export interface ObjectRow extends Omit<DeclaredObject, 'collapsed' | 'layout'> {
  readonly collapsed: boolean;
  readonly layout: Layout | null;
  readonly generation: number;
}

/** What is to be written for one object. */
export type Write =
  | { readonly action: 'insert' | 'update'; readonly row: ObjectRow }
  | { readonly action: 'queue'; readonly declared: DeclaredObject; readonly uid: string }
  | { readonly action: 'unqueue' | 'request-deletion' | 'delete'; readonly stored: StoredObject };

/** One object's result, and the write that makes it true; none when nothing differs. */
export interface PlannedObject {
  readonly result: ObjectResult;
  readonly write?: Write;
}

/** What to do about one declaration. `storedSpec` is needed when the hashes differ. Pure. */
export function planDeclared(
  declared: DeclaredObject,
  stored: StoredObject | undefined,
  storedSpec: StoredSpec | undefined,
): PlannedObject {
  // What is stored already can be stored.
  if (stored?.specHash !== declared.specHash && holdsUnstorableText(declared)) {
    return refuse(declared, 'InvalidSpec', UNSTORABLE);
  }
  if (stored === undefined) {
    return planned(declared, 'created', { action: 'insert', row: toNewRow(declared, 1) });
  }
  if (stored.isDeleting) {
    return planQueued(declared, stored);
  }
  if (stored.applySet !== declared.applySet || stored.ownerUid !== declared.ownerUid) {
    return refuse(declared, 'NameConflict', describeOwner(declared, stored));
  }
  return planOwned(declared, stored, storedSpec);
}

function planQueued(declared: DeclaredObject, stored: StoredObject): PlannedObject {
  if (stored.nextSet !== null && stored.nextSet !== declared.applySet) {
    return refuse(
      declared,
      'NameConflict',
      `apply set ${stored.nextSet} already waits for the deletion of its namesake`,
    );
  }
  const message = 'waits until the deletion is done';
  return stored.nextHash === declared.specHash
    ? planned({ ...declared, uid: stored.uid }, 'unchanged', undefined, message)
    : planned(
        { ...declared, uid: stored.uid },
        'configured',
        { action: 'queue', declared, uid: stored.uid },
        message,
      );
}

function planOwned(
  declared: DeclaredObject,
  stored: StoredObject,
  storedSpec: StoredSpec | undefined,
): PlannedObject {
  const [immutable] = findImmutableChanges(declared.kind, storedSpec?.spec, declared.spec);
  // Instances of a class were launched by the backend of before, and only that one can terminate them (design §3).
  if (immutable !== undefined) {
    return refuse(declared, 'InvalidSpec', `${immutable.path}: ${immutable.message}`);
  }
  const row = toChangedRow(declared, stored, storedSpec);
  if (isSame(row, stored)) {
    // Only the line moved: it is kept for messages, and nobody else needs to know.
    const write = { action: 'update', row } as const;
    return planned(row, 'unchanged', row.origin === stored.origin ? undefined : write);
  }
  return planned(row, 'configured', { action: 'update', row });
}

/** The row of an object that starts anew. */
export function toNewRow(declared: DeclaredObject, generation: number): ObjectRow {
  return {
    ...declared,
    collapsed: declared.collapsed ?? false,
    layout: declared.layout ?? null,
    generation,
  };
}

function toChangedRow(
  declared: DeclaredObject,
  stored: StoredObject,
  before: StoredSpec | undefined,
): ObjectRow {
  const isNewSpec =
    before !== undefined &&
    effectiveHash(declared.spec, declared.directories) !==
      effectiveHash(before.spec, before.directories);
  return {
    ...declared,
    uid: stored.uid,
    // Three-way, as kubectl's apply: named now, or named before and so taken back, or somebody else's to say.
    collapsed: declared.collapsed ?? (names(before, 'collapsed') ? false : stored.collapsed),
    layout: declared.layout ?? (names(before, 'layout') ? null : stored.layout),
    generation: stored.generation + (isNewSpec ? 1 : 0),
  };
}

function names(before: StoredSpec | undefined, field: string): boolean {
  return before !== undefined && Object.hasOwn(before.spec, field);
}

function isSame(row: ObjectRow, stored: StoredObject): boolean {
  return (
    row.specHash === stored.specHash &&
    row.collapsed === stored.collapsed &&
    row.layout?.x === stored.layout?.x &&
    row.layout?.y === stored.layout?.y
  );
}

function describeOwner(declared: DeclaredObject, stored: StoredObject): string {
  const place = stored.origin === null ? '' : ` (${stored.origin})`;
  const owner = stored.ownerUid === null ? '' : ' of another owner';
  return `${describeDeclaration(declared)} belongs to apply set ${stored.applySet}${owner}${place}`;
}

function planned(
  { kind, namespace, name, uid }: ObjectRef & { readonly uid: string },
  result: ApplyOutcome,
  write?: Write,
  message?: string,
): PlannedObject {
  return {
    result: { kind, namespace, name, uid, result, ...(message !== undefined && { message }) },
    ...(write !== undefined && { write }),
  };
}

/** Leaves the object as it is. */
export function refuse(
  { kind, namespace, name, uid }: ObjectRef & { readonly uid: string },
  reason: RefusalReason,
  message: string,
): PlannedObject {
  return { result: { kind, namespace, name, uid, result: 'refused', reason, message } };
}
