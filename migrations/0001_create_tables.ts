import { sql, type QueryExecutorProvider } from 'kysely';

/** Frozen: the words of this step stay as they were when it was released; later steps change the constraints. */
const PHASES = [
  'Pending',
  'Provisioning',
  'AwaitingAgent',
  'Online',
  'Degraded',
  'Offline',
  'Paused',
  'Hibernating',
  'Hibernated',
  'Failed',
  'Terminating',
];
const APPLY_SET_STATES = ['Active', 'Held'];
const LAUNCH_STATES = ['pending', 'launched', 'closing', 'closed'];
const GARBAGE_DECISIONS = ['unclaimed', 'approved', 'deleting', 'terminated', 'reported', 'gone'];

export const createTables = {
  number: 1,
  name: 'create_tables',
  isBreaking: true,

  async up(db: QueryExecutorProvider): Promise<void> {
    for (const statement of [...INSTALLATION, ...RECORDS, ...LAUNCHES, ...OPERATIONS]) {
      await sql.raw(statement).execute(db);
    }
  },
};

/**
 * The key on (epoch, holder) makes them key columns: a transaction that reads them FOR KEY SHARE holds off a new epoch,
 * but not a renewal of the lease.
 */
const INSTALLATION = [
  `create table installation (
     only_row boolean primary key default true check (only_row),
     id text not null,
     key_fingerprint text,
     created_at timestamptz not null default now()
   )`,
  `create table controller_epoch (
     only_row boolean primary key default true check (only_row),
     epoch bigint not null,
     holder text not null,
     renewed_at timestamptz not null default now(),
     unique (epoch, holder)
   )`,
  `create table apply_sets (
     name text primary key,
     state text not null ${oneOf('state', APPLY_SET_STATES)},
     problems jsonb not null,
     held_digest text,
     held_deletions jsonb not null,
     confirmed_digest text,
     confirmed_by text,
     updated_at timestamptz not null default now()
   )`,
];

/** Names compare by bytes: pages are cut the same way everywhere, and no new libc can break the indexes. */
const OBJECT_COLUMNS = `
     uid text primary key,
     namespace text collate "C" not null,
     name text collate "C" not null,
     apply_set text not null,
     origin text,
     labels jsonb not null,
     annotations jsonb not null,
     spec jsonb not null,
     spec_hash text not null,
     generation integer not null,
     deletion_requested_at timestamptz,
     created_at timestamptz not null default now(),
     updated_at timestamptz not null default now(),
     unique (namespace, name)`;

const RECORDS = [
  `create table workspaces (${OBJECT_COLUMNS},
     owner_uid text,
     parent_name text collate "C",
     parent_id text references workspaces (uid) on delete set null,
     collapsed boolean not null default false,
     layout jsonb,
     directories jsonb not null,
     requests jsonb not null,
     next_declaration jsonb,
     failures jsonb,
     phase text not null default 'Pending' ${oneOf('phase', PHASES)},
     status jsonb not null,
     status_hash text not null default '',
     ready boolean not null default false,
     observed_generation integer not null default -1,
     settled_key text
   )`,
  // Statuses and launches are updated in place as long as their page has room, without touching an index.
  `alter table workspaces set (fillfactor = 70)`,
  `create index workspaces_parent_id on workspaces (parent_id)`,
  `create index workspaces_parent_name on workspaces (namespace, parent_name)`,
  `create index workspaces_class_name on workspaces ((spec ->> 'className'))`,
  `create index workspaces_apply_set on workspaces (apply_set)`,
  ...['templates', 'classes', 'orgs'].flatMap((table) => [
    `create table ${table} (${OBJECT_COLUMNS})`,
    `create index ${table}_apply_set on ${table} (apply_set)`,
  ]),
];

/** No foreign key to workspaces: these rows outlive the record, as the proof on which garbage collection acts. */
const LAUNCHES = [
  `create table launches (
     workspace_uid text not null,
     attempt integer not null,
     namespace text collate "C" not null,
     name text collate "C" not null,
     class_name text not null,
     backend text not null,
     token text not null unique,
     params jsonb not null,
     inputs_hash text not null,
     config_hash text not null,
     state text not null ${oneOf('state', LAUNCH_STATES)},
     calls_in_doubt integer not null default 0 check (calls_in_doubt >= 0),
     last_sent_at timestamptz,
     refused jsonb,
     instance_id text,
     close_reason text,
     created_at timestamptz not null default now(),
     launched_at timestamptz,
     closed_at timestamptz,
     primary key (workspace_uid, attempt)
   )`,
  `create unique index launches_one_open on launches (workspace_uid) where state <> 'closed'`,
  `alter table launches set (fillfactor = 70)`,
  `create index launches_class_name on launches (class_name)`,
  `create index launches_closed_at on launches (closed_at)`,
  `create table credentials (
     workspace_uid text not null,
     attempt integer not null,
     token_hash text not null unique,
     inbound_secret text not null,
     created_at timestamptz not null default now(),
     revoked_at timestamptz,
     primary key (workspace_uid, attempt)
   )`,
  `create table agent_reports (
     workspace_uid text primary key,
     attempt integer not null,
     report jsonb not null,
     reported_at timestamptz not null default now()
   )`,
];

const OPERATIONS = [
  `create table garbage (
     backend text not null,
     instance_id text not null,
     workspace_uid text not null,
     attempt integer not null,
     first_seen_at timestamptz not null default now(),
     last_seen_at timestamptz not null default now(),
     evidence jsonb not null,
     decision text not null ${oneOf('decision', GARBAGE_DECISIONS)},
     approved_by text,
     decided_at timestamptz,
     primary key (backend, instance_id)
   )`,
  `create table garbage_breaker (
     only_row boolean primary key default true check (only_row),
     reason text,
     message text,
     digest text,
     approved_digest text,
     approved_by text,
     live_records integer not null,
     opened_at timestamptz
   )`,
  `create table activity (
     id bigint generated always as identity primary key,
     at timestamptz not null default now(),
     workspace_uid text,
     namespace text collate "C" not null,
     name text collate "C" not null,
     action text not null,
     reason text not null,
     message text not null,
     data jsonb not null
   )`,
  `create index activity_workspace on activity (workspace_uid, id)`,
  `create index activity_namespace on activity (namespace, id)`,
  `create index activity_at on activity (at)`,
  `create table api_tokens (
     id text primary key,
     name text not null,
     token_hash text not null unique,
     prefix text not null,
     read_only boolean not null,
     created_at timestamptz not null default now(),
     revoked_at timestamptz
   )`,
];

function oneOf(column: string, words: readonly string[]): string {
  return `check (${column} in (${words.map((word) => `'${word}'`).join(', ')}))`;
}
