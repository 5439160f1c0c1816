import { sql } from 'kysely';
import type { Db } from '../../store/db.ts';

/** Every table but those of the migrator and of the test's clock. */
export const TABLES = [
  'workspaces',
  'launches',
  'classes',
  'templates',
  'orgs',
  'activity',
  'apply_sets',
  'credentials',
  'agent_reports',
  'garbage',
  'garbage_breaker',
  'api_tokens',
] as const;

/** As if everything had been lost but the schema; the epoch stays, or the present leader would be fenced. */
export async function emptyDatabase(db: Db): Promise<void> {
  await sql.raw(TABLES.map((table) => `delete from ${table};`).join('')).execute(db);
}

/** A text that differs after any write to any row. */
export async function fingerprint(db: Db): Promise<string> {
  const parts = [...TABLES, 'controller_epoch'].map(
    (table) =>
      `select '${table}' as name, xmin::text as version, ctid::text as place from ${table}`,
  );
  const { rows } = await sql
    .raw<{ text: string | null }>(
      `select string_agg(concat_ws(' ', name, version, place), ',' order by name, place) as text
         from (${parts.join(' union all ')}) as versions`,
    )
    .execute(db);
  return rows[0]?.text ?? '';
}
