import { sql } from 'kysely';
import type { Kind } from '../api/objects.ts';
import type { Db, Transaction } from './db.ts';
import type { Directories, Layout } from './declared-object.ts';
import { TABLE_BY_KIND } from './kind-tables.ts';
import type { ObjectRef } from './object-ref.ts';

/** The narrow columns that a declaration is compared with; specs are read for what differs only. */
export interface StoredObject extends ObjectRef {
  readonly uid: string;
  readonly applySet: string;
  readonly ownerUid: string | null;
  readonly origin: string | null;
  readonly specHash: string;
  readonly generation: number;
  readonly collapsed: boolean;
  readonly layout: Layout | null;
  readonly isDeleting: boolean;
  /** Who declared the name again while it is being deleted, and the hash of that declaration. */
  readonly nextSet: string | null;
  readonly nextHash: string | null;
}

/** What the stored declaration said. */
export interface StoredSpec {
  readonly spec: Readonly<Record<string, unknown>>;
  readonly directories: Directories;
}

/** Kinds whose files may stand in folders beside the manifest. */
const HAS_DIRECTORIES: ReadonlySet<Kind> = new Set<Kind>(['Workspace', 'WorkspaceTemplate']);
const WORKSPACE_COLUMNS = `owner_uid as "ownerUid", collapsed, layout,
  next_declaration ->> 'applySet' as "nextSet", next_declaration ->> 'specHash' as "nextHash"`;
const PLAIN_COLUMNS = `null as "ownerUid", false as collapsed, null as layout,
  null as "nextSet", null as "nextHash"`;

/** The objects of one kind that have one of these names, and with `wholeSet` also all that the set owns. */
export async function readStoredObjects(
  db: Db | Transaction,
  kind: Kind,
  scope: { readonly refs: readonly ObjectRef[]; readonly wholeSet: string | null },
): Promise<readonly StoredObject[]> {
  const isWorkspace = kind === 'Workspace';
  const table = sql.table(TABLE_BY_KIND[kind]);
  const isQueued = isWorkspace
    ? sql`or next_declaration ->> 'applySet' = ${scope.wholeSet}`
    : sql``;
  const { rows } = await sql<StoredObject>`
    select ${kind} as kind, uid, namespace, name, apply_set as "applySet", origin, spec_hash as "specHash",
           generation, deletion_requested_at is not null as "isDeleting",
           ${sql.raw(isWorkspace ? WORKSPACE_COLUMNS : PLAIN_COLUMNS)}
      from ${table}
     where uid in (
       select uid from ${table} where apply_set = ${scope.wholeSet} ${isQueued}
       union all
       select found.uid
         from unnest(${scope.refs.map((ref) => ref.namespace)}::text[],
                     ${scope.refs.map((ref) => ref.name)}::text[]) as named (namespace, name)
         join ${table} found on found.namespace = named.namespace and found.name = named.name)
     order by namespace, name`.execute(db);
  return rows;
}

/** By uid. */
export async function readStoredSpecs(
  db: Db | Transaction,
  kind: Kind,
  uids: readonly string[],
): Promise<ReadonlyMap<string, StoredSpec>> {
  const directories = sql.raw(
    HAS_DIRECTORIES.has(kind) ? 'directories' : `'{}'::jsonb as directories`,
  );
  const { rows } = await sql<StoredSpec & { uid: string }>`
    select uid, spec, ${directories} from ${sql.table(TABLE_BY_KIND[kind])}
     where uid = any(${uids}::text[])`.execute(db);
  return new Map(rows.map((row) => [row.uid, row]));
}
