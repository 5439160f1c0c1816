import { sql, type QueryExecutorProvider } from 'kysely';

export const rollouts = {
  number: 5,
  name: 'rollouts',
  isBreaking: false,

  async up(db: QueryExecutorProvider): Promise<void> {
    for (const table of ['classes', 'orgs']) {
      await sql
        .raw(`alter table ${table} add column rollout jsonb not null default '{}'`)
        .execute(db);
    }
  },
};
