import { sql, type Selectable } from 'kysely';
import type { ClassStatus } from '../api/class-status.ts';
import type { SpecByKind } from '../api/objects.ts';
import { CLUSTER_SCOPE } from '../api/objects.ts';
import type { Db, Transaction } from './db.ts';
import { TABLE_BY_KIND, type PlainKind } from './kind-tables.ts';
import type { ObjectTable } from './tables.ts';

/** A class, template or org as it is stored. */
export interface ObjectRecord<K extends PlainKind> {
  readonly kind: K;
  readonly uid: string;
  /** '' for a class. */
  readonly namespace: string;
  readonly name: string;
  readonly applySet: string;
  readonly origin?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: SpecByKind[K];
  readonly specHash: string;
  readonly generation: number;
  /** Of a class only. */
  readonly status?: ClassStatus;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
export type ClassRecord = ObjectRecord<'WorkspaceClass'>;

export interface ObjectQuery {
  /** Absent: all namespaces. */
  readonly namespace?: string;
  /** Absent: all of them. */
  readonly limit?: number;
  /** The last one of the page before. */
  readonly after?: { readonly namespace: string; readonly name: string };
}

/** `namespace` is `CLUSTER_SCOPE` for a class. */
export async function findObject<K extends PlainKind>(
  db: Db | Transaction,
  kind: K,
  namespace: string,
  name: string,
): Promise<ObjectRecord<K> | undefined> {
  const { rows } = await sql<Selectable<ObjectTable>>`
    select * from ${sql.table(TABLE_BY_KIND[kind])}
     where namespace = ${namespace} and name = ${name}`.execute(db);
  return rows[0] && toObjectRecord(kind, rows[0]);
}

/** Ordered by namespace and name, byte by byte. */
export async function listObjects<K extends PlainKind>(
  db: Db | Transaction,
  kind: K,
  { namespace, limit, after }: ObjectQuery = {},
): Promise<readonly ObjectRecord<K>[]> {
  const { rows } = await sql<Selectable<ObjectTable>>`
    select * from ${sql.table(TABLE_BY_KIND[kind])}
     where (${namespace ?? null}::text is null or namespace = ${namespace ?? null})
       and (${after === undefined} or (namespace, name) > (${after?.namespace ?? ''}, ${after?.name ?? ''}))
     order by namespace, name
     limit ${limit ?? null}::integer`.execute(db);
  return rows.map((row) => toObjectRecord(kind, row));
}

export async function findClass(
  db: Db | Transaction,
  name: string,
): Promise<ClassRecord | undefined> {
  return await findObject(db, 'WorkspaceClass', CLUSTER_SCOPE, name);
}

export async function listClasses(db: Db | Transaction): Promise<readonly ClassRecord[]> {
  return await listObjects(db, 'WorkspaceClass');
}

function toObjectRecord<K extends PlainKind>(
  kind: K,
  row: Selectable<ObjectTable> & { readonly status?: ClassStatus },
): ObjectRecord<K> {
  return {
    kind,
    uid: row.uid,
    namespace: row.namespace,
    name: row.name,
    applySet: row.apply_set,
    ...(row.origin !== null && { origin: row.origin }),
    labels: row.labels,
    annotations: row.annotations,
    spec: row.spec as SpecByKind[K],
    specHash: row.spec_hash,
    generation: row.generation,
    ...(row.status !== undefined && { status: row.status }),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
