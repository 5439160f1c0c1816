import { sql, type QueryExecutorProvider } from 'kysely';

export const agents = {
  number: 2,
  name: 'agents',
  isBreaking: false,

  async up(db: QueryExecutorProvider): Promise<void> {
    for (const statement of STATEMENTS) {
      await sql.raw(statement).execute(db);
    }
  },
};

/** The tables of agents were empty until now: nothing registered. */
const STATEMENTS = [
  `alter table workspaces add column hibernation jsonb, add column due_at timestamptz,
     add column session_reset_at text`,
  `alter table templates add column directories jsonb not null default '{}'`,
  `alter table templates alter column directories drop default`,
  `alter table launches add column milli_cpus integer not null default 0`,
  // A token is minted for every start, so an attempt has several.
  `drop table credentials`,
  `create table credentials (
     token_hash text primary key,
     workspace_uid text not null,
     attempt integer not null,
     inbound_secret text not null,
     created_at timestamptz not null default clock_timestamp(),
     used_at timestamptz,
     revoked_at timestamptz
   )`,
  `create index credentials_attempt on credentials (workspace_uid, attempt)`,
  `drop table agent_reports`,
  `create table agent_reports (
     workspace_uid text primary key,
     attempt integer not null,
     url text,
     card jsonb,
     registered_at timestamptz,
     heartbeat_at timestamptz not null default now(),
     activity_at timestamptz not null default now(),
     active_tasks integer not null default 0,
     current_task text,
     error_rate double precision not null default 0,
     is_degraded boolean not null default false,
     sample_error text,
     uptime_seconds double precision,
     monthly_spend_cents bigint not null default 0,
     runtime_state text not null default '',
     metadata jsonb not null,
     config_revision text
   ) with (fillfactor = 50)`,
];
