import { sql } from 'kysely';
import type { Kind } from '../api/objects.ts';
import { KINDS } from '../api/objects.ts';
import { insertActivity, type ActivityEntry } from './activity.ts';
import type { ObjectRow, PlannedObject, Write } from './apply-plan.ts';
import { notifyChanged } from './changes.ts';
import type { Transaction } from './db.ts';
import { clearNextDeclarations, queueDeclarations } from './next-declaration.ts';
import { deletePlainObjects, markDeletionRequested } from './remove-objects.ts';
import { resolveParents } from './resolve-parents.ts';
import { insertObjects, updateObjects } from './write-objects.ts';

/** Writes what was planned in few statements, tells why in `activity`, and who changed to the listeners. */
export async function writePlanned(
  tx: Transaction,
  plans: readonly PlannedObject[],
): Promise<void> {
  const writes = plans.flatMap(({ write }) => (write === undefined ? [] : [write]));
  if (writes.length === 0) {
    return;
  }
  const inserted = rowsOf(writes, 'insert');
  const updated = rowsOf(writes, 'update');
  for (const { kind } of KINDS) {
    await insertObjects(tx, kind, ofKind(inserted, kind));
    await updateObjects(tx, kind, ofKind(updated, kind));
    await deletePlainObjects(tx, kind, ofKind(storedOf(writes, 'delete'), kind));
  }
  await markDeletionRequested(tx, storedOf(writes, 'request-deletion'));
  await clearNextDeclarations(tx, storedOf(writes, 'unqueue'));
  await queueDeclarations(
    tx,
    writes.filter((write) => write.action === 'queue'),
  );
  if (inserted.length >= MANY_ROWS) {
    await sql`analyze workspaces`.execute(tx);
  }
  const moved = await resolveParents(tx, {
    changed: ofKind([...inserted, ...updated], 'Workspace').map(({ uid }) => uid),
    appeared: ofKind(inserted, 'Workspace'),
  });
  await insertActivity(tx, plans.flatMap(toActivity));
  await notifyChanged(tx, hintFor(plans, moved));
}

/**
 * After so many new rows the statistics of PostgreSQL are wrong: it takes the table for a tiny one and compares each
 * with each, which took more than 30 s for a chain of 5,000.
 */
const MANY_ROWS = 500;

function rowsOf(writes: readonly Write[], action: 'insert' | 'update'): readonly ObjectRow[] {
  return writes.flatMap((write) => ('row' in write && write.action === action ? [write.row] : []));
}

function storedOf(writes: readonly Write[], action: 'request-deletion' | 'delete' | 'unqueue') {
  return writes.flatMap((write) =>
    'stored' in write && write.action === action ? [write.stored] : [],
  );
}

function ofKind<T extends { readonly kind: Kind }>(list: readonly T[], kind: Kind): readonly T[] {
  return list.filter((one) => one.kind === kind);
}

/** What a set did to an object, except where only the line of its manifest moved. */
function toActivity({ result, write }: PlannedObject): readonly ActivityEntry[] {
  if (write === undefined || result.result === 'unchanged') {
    return [];
  }
  const { kind, namespace, name, uid } = result;
  return [
    {
      ...(kind === 'Workspace' && { workspaceUid: uid }),
      namespace,
      name,
      ...describe(write, result.message),
    },
  ];
}

function describe(
  write: Write,
  message: string | undefined,
): Omit<ActivityEntry, 'namespace' | 'name'> {
  const addition = message === undefined ? '' : `; ${message}`;
  if ('stored' in write) {
    const { kind, applySet } = write.stored;
    return {
      action: write.action === 'delete' ? 'Deleted' : 'DeletionRequested',
      reason: 'NotDeclared',
      message: `no longer declared by ${applySet}${addition}`,
      data: { kind, applySet },
    };
  }
  const { kind, applySet, origin } = 'row' in write ? write.row : write.declared;
  return {
    action: write.action === 'insert' ? 'Created' : 'Configured',
    reason: 'Declared',
    message: `declared by ${applySet}${origin === null ? '' : ` (${origin})`}${addition}`,
    data: { kind, applySet, ...('row' in write && { generation: write.row.generation }) },
  };
}

// A class or a template concerns workspaces that are not known here.
function hintFor(
  plans: readonly PlannedObject[],
  moved: readonly string[],
): readonly string[] | 'everything' {
  const changed = plans.filter(
    ({ result, write }) => write !== undefined && result.result !== 'unchanged',
  );
  return changed.some(({ result }) => result.kind !== 'Workspace')
    ? 'everything'
    : [...new Set([...changed.map(({ result }) => result.uid), ...moved])];
}
