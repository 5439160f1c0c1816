import { sql, type QueryExecutorProvider } from 'kysely';

export const externalAgents = {
  number: 4,
  name: 'external_agents',
  isBreaking: false,

  async up(db: QueryExecutorProvider): Promise<void> {
    for (const statement of STATEMENTS) {
      await sql.raw(statement).execute(db);
    }
  },
};

const STATEMENTS = [
  `alter table workspaces add column external_attempt integer`,
  // Few have an address; they are looked for every ten seconds among all.
  `create index workspaces_external_url on workspaces (uid) where spec #>> '{external,url}' is not null`,
];
