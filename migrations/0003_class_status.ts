import { sql, type QueryExecutorProvider } from 'kysely';

export const classStatus = {
  number: 3,
  name: 'class_status',
  isBreaking: false,

  async up(db: QueryExecutorProvider): Promise<void> {
    await sql.raw(`alter table classes add column status jsonb not null default '{}'`).execute(db);
  },
};
