import { sql } from 'kysely';
import type { Transaction } from './db.ts';

/** Names one workspace. */
export interface WorkspaceName {
  readonly namespace: string;
  readonly name: string;
}

/**
 * Points `parent_id` at the record that `parent_name` names, or at nobody: of the workspaces `changed`, and of every
 * child of those that `appeared`, whoever declared it. Cycles are stored as they are; the reconciler reports them.
 * Answers the uids whose place in the tree, or whose children, changed.
 */
export async function resolveParents(
  tx: Transaction,
  options: {
    readonly changed: readonly string[];
    readonly appeared: readonly WorkspaceName[];
  },
): Promise<readonly string[]> {
  const { rows } = await sql<{ uids: readonly (string | null)[] }>`
    with candidate as (
      select unnest(${options.changed}::text[]) as uid
      union
      select child.uid
        from unnest(${options.appeared.map(({ namespace }) => namespace)}::text[],
                    ${options.appeared.map(({ name }) => name)}::text[]) as parent (namespace, name)
        join workspaces child
          on child.namespace = parent.namespace and child.parent_name = parent.name
    ), resolved as (
      select child.uid, child.parent_id as old_parent_id, parent.uid as parent_id
        from candidate
        join workspaces child on child.uid = candidate.uid
        left join workspaces parent
          on parent.namespace = child.namespace and parent.name = child.parent_name
       where child.parent_id is distinct from parent.uid
    )
    update workspaces child
       set parent_id = resolved.parent_id, updated_at = now()
      from resolved
     where child.uid = resolved.uid
    returning array[resolved.uid, resolved.old_parent_id, resolved.parent_id] as uids`.execute(tx);
  const uids = rows.flatMap((row) => row.uids).filter((uid) => uid !== null);
  return [...new Set(uids)];
}
