import { sql } from 'kysely';
import type { Kind } from '../api/objects.ts';
import type { ObjectRow } from './apply-plan.ts';
import { toJsonBatches } from './batches.ts';
import type { Transaction } from './db.ts';
import { TABLE_BY_KIND } from './kind-tables.ts';

/** Declared columns and their types, as `jsonb_to_recordset` wants them. */
const COLUMNS = {
  uid: 'text',
  namespace: 'text',
  name: 'text',
  apply_set: 'text',
  origin: 'text',
  labels: 'jsonb',
  annotations: 'jsonb',
  spec: 'jsonb',
  spec_hash: 'text',
  generation: 'integer',
} as const;
const TEMPLATE_COLUMNS = { ...COLUMNS, directories: 'jsonb' } as const;
const WORKSPACE_COLUMNS = {
  ...TEMPLATE_COLUMNS,
  owner_uid: 'text',
  parent_name: 'text',
  collapsed: 'boolean',
  layout: 'jsonb',
} as const;

const COLUMNS_BY_KIND: Readonly<Record<Kind, Readonly<Record<string, string>>>> = {
  Workspace: WORKSPACE_COLUMNS,
  WorkspaceTemplate: TEMPLATE_COLUMNS,
  WorkspaceClass: COLUMNS,
  Org: COLUMNS,
};

/** Columns that a workspace begins with; everything else has a default. */
const NEW_WORKSPACE = { requests: `'{}'::jsonb`, status: `'{}'::jsonb` } as const;

/** Inserts objects of one kind, in the order given. Parents are resolved by `resolveParents`. */
export async function insertObjects(
  tx: Transaction,
  kind: Kind,
  rows: readonly ObjectRow[],
): Promise<void> {
  const columns = Object.keys(columnsOf(kind)).join(', ');
  const constants = kind === 'Workspace' ? NEW_WORKSPACE : {};
  const names = [columns, ...Object.keys(constants)].join(', ');
  const values = [columns, ...Object.values(constants)].join(', ');
  for (const json of toJsonBatches(rows.map(toColumns))) {
    await sql`
      insert into ${sql.table(TABLE_BY_KIND[kind])} (${sql.raw(names)})
      select ${sql.raw(values)} from ${recordset(kind, json)}`.execute(tx);
  }
}

/** Writes all declared columns of objects of one kind. */
export async function updateObjects(
  tx: Transaction,
  kind: Kind,
  rows: readonly ObjectRow[],
): Promise<void> {
  const changing = Object.keys(columnsOf(kind)).filter((column) => column !== 'uid');
  const assignments = changing.map((column) => `${column} = declared.${column}`).join(', ');
  for (const json of toJsonBatches(rows.map(toColumns))) {
    await sql`
      update ${sql.table(TABLE_BY_KIND[kind])} as stored
         set ${sql.raw(assignments)}, updated_at = now()
        from ${recordset(kind, json)}
       where stored.uid = declared.uid`.execute(tx);
  }
}

function recordset(kind: Kind, json: string) {
  const definition = Object.entries(columnsOf(kind))
    .map(([column, type]) => `${column} ${type}`)
    .join(', ');
  return sql`jsonb_to_recordset(${json}::jsonb) as declared (${sql.raw(definition)})`;
}

function columnsOf(kind: Kind): Readonly<Record<string, string>> {
  return COLUMNS_BY_KIND[kind];
}

function toColumns(row: ObjectRow): object {
  return {
    uid: row.uid,
    namespace: row.namespace,
    name: row.name,
    apply_set: row.applySet,
    origin: row.origin,
    labels: row.labels,
    annotations: row.annotations,
    spec: row.spec,
    spec_hash: row.specHash,
    generation: row.generation,
    owner_uid: row.ownerUid,
    parent_name: row.parentName,
    collapsed: row.collapsed,
    layout: row.layout,
    directories: row.directories,
  };
}
