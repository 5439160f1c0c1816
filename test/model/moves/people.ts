import type { Edit, Setting } from '../setting.ts';
import { reportedIds, straysAmong } from '../strays.ts';
import { DECLARED, OTHERS, type Database, type WorkspaceRow, type World } from '../world.ts';
import type { Move } from './move.ts';

/** What people change; every one of them can be changed back. */
export const edits: Move = (world, setting, emit) => {
  const { budget, database } = world;
  if (budget.edits > 0) {
    for (const edit of setting.edits) {
      const after = edit === 'approve' ? approve(world, setting) : EDIT[edit](database);
      if (after !== undefined) {
        const paid = { ...budget, edits: budget.edits - 1 };
        emit(`somebody edits: ${edit}`, { ...world, database: after, budget: paid });
      }
    }
  }
  if (budget.wasDatabaseLost && database.record === undefined && database.others === 0) {
    const declared = { ...database, record: DECLARED, others: OTHERS };
    emit('the sources declare everything again', { ...world, database: declared });
  }
};

/** A person approves the deletion of everything that is reported now. */
function approve({ database, provider }: World, setting: Setting): Database | undefined {
  const reported = reportedIds(straysAmong(provider.instances, database, setting));
  return reported.length === 0 ? undefined : { ...database, approved: reported };
}

const EDIT: Record<Exclude<Edit, 'approve'>, (database: Database) => Database | undefined> = {
  pause: change((record) => ({ ...record, isPaused: !record.isPaused })),
  inputs: change((record) => ({ ...record, inputs: 3 - record.inputs })),
  config: change((record) => ({ ...record, config: 3 - record.config })),
  accept: change((record) => ({ ...record, isAccepted: !record.isAccepted })),
  external: change((record) => ({ ...record, isExternal: !record.isExternal })),
  delete: change((record) => ({ ...record, isDeleting: true })),
  declare: (database) => {
    const { record } = database;
    if (record === undefined) {
      return { ...database, record: DECLARED };
    }
    return record.isDeleting && !record.isDeclaredAgain
      ? { ...database, record: { ...record, isDeclaredAgain: true } }
      : undefined;
  },
};

/** Edits of a record that is not being deleted. */
function change(
  edit: (record: WorkspaceRow) => WorkspaceRow,
): (database: Database) => Database | undefined {
  return (database) =>
    database.record === undefined || database.record.isDeleting
      ? undefined
      : { ...database, record: edit(database.record) };
}
