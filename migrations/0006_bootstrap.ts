import { sql, type QueryExecutorProvider } from 'kysely';

export const bootstrap = {
  number: 6,
  name: 'bootstrap',
  isBreaking: false,

  async up(db: QueryExecutorProvider): Promise<void> {
    await sql`alter table credentials add column is_bootstrap boolean not null default false`.execute(
      db,
    );
  },
};
