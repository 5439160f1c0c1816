import { sql } from 'kysely';
import type { Db, Transaction } from './db.ts';
import type { ObjectRef } from './object-ref.ts';

/** By name of the class: the workspaces that need it. */
export type ClassUsers = ReadonlyMap<string, readonly ObjectRef[]>;

/**
 * A class is needed by every record that names it, also by one being deleted, because stopping instances and removing
 * state go through it; by every record that was launched with it, because its state lies there; and by every launch
 * that is not closed.
 */
export async function findClassUsers(
  db: Db | Transaction,
  classNames: readonly string[],
): Promise<ClassUsers> {
  const { rows } = await sql<{ className: string; namespace: string; name: string }>`
    select spec ->> 'className' as "className", namespace, name
      from workspaces where spec ->> 'className' = any(${classNames}::text[])
    union
    select l.class_name, l.namespace, l.name
      from launches l
     where l.class_name = any(${classNames}::text[])
       and (l.state <> 'closed' or exists (select 1 from workspaces w where w.uid = l.workspace_uid))
     order by 1, 2, 3`.execute(db);
  const users = Map.groupBy(rows, ({ className }) => className);
  return new Map(
    [...users].map(([className, list]) => [
      className,
      list.map(({ namespace, name }) => ({ kind: 'Workspace', namespace, name })),
    ]),
  );
}
