import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { ClassStatus } from '../api/class-status.ts';
import type { RolloutWord } from '../api/rollout.ts';
import type { Phase, WorkspaceStatus } from '../api/conditions.ts';
import type { Hibernation, WorkspaceFailures, WorkspaceRequests } from './workspace-facts.ts';

/** The tables as kysely sees them; a test compares this file with the live database. */
export interface Database {
  readonly installation: InstallationTable;
  readonly controller_epoch: ControllerEpochTable;
  readonly apply_sets: ApplySetsTable;
  readonly workspaces: WorkspacesTable;
  readonly templates: TemplatesTable;
  readonly classes: ClassesTable;
  readonly orgs: OrgsTable;
  readonly launches: LaunchesTable;
  readonly credentials: CredentialsTable;
  readonly agent_reports: AgentReportsTable;
  readonly garbage: GarbageTable;
  readonly garbage_breaker: GarbageBreakerTable;
  readonly activity: ActivityTable;
  readonly api_tokens: ApiTokensTable;
}

type Json<T> = JSONColumnType<T & object>;
type DefaultedJson<T> = ColumnType<T, string | undefined, string>;
type NullableJson<T> = ColumnType<T | null, string | null | undefined, string | null>;
type Timestamp = ColumnType<Date, Date | undefined, Date>;
type NullableTimestamp = ColumnType<Date | null, Date | null | undefined, Date | null>;

/** One row. */
export interface InstallationTable {
  readonly only_row: Generated<boolean>;
  readonly id: string;
  /** SHA-256 of the installation key, once there is one. */
  readonly key_fingerprint: string | null;
  readonly created_at: Timestamp;
}

/** One row: the fence. `holder` is '' when nobody leads. */
export interface ControllerEpochTable {
  readonly only_row: Generated<boolean>;
  readonly epoch: number;
  readonly holder: string;
  readonly renewed_at: Timestamp;
}

export const APPLY_SET_STATES = ['Active', 'Held'] as const;
export type ApplySetState = (typeof APPLY_SET_STATES)[number];

/** What a source last said of itself, and what a person answered. */
export interface ApplySetsTable {
  readonly name: string;
  readonly state: ApplySetState;
  /** Problems of its files, as shown to people; [] when all is well. */
  readonly problems: Json<readonly string[]>;
  /** While Held: digest over the deletions waiting for a person, and their `Kind namespace/name`. */
  readonly held_digest: string | null;
  readonly held_deletions: Json<readonly string[]>;
  /** The digest a person confirmed last (`treeline source confirm`). */
  readonly confirmed_digest: string | null;
  readonly confirmed_by: string | null;
  readonly updated_at: Timestamp;
}

/** Columns every declared object has. */
export interface ObjectTable {
  readonly uid: string;
  /** '' for cluster-scoped kinds. */
  readonly namespace: string;
  readonly name: string;
  readonly apply_set: string;
  /** `file:line` of the manifest, where the apply set has files. */
  readonly origin: string | null;
  readonly labels: Json<Readonly<Record<string, string>>>;
  readonly annotations: Json<Readonly<Record<string, string>>>;
  readonly spec: Json<unknown>;
  /** Hash of the declaration: spec, labels, annotations, directories. */
  readonly spec_hash: string;
  /** Moves only when the spec changes; starts at 1. */
  readonly generation: number;
  readonly deletion_requested_at: NullableTimestamp;
  readonly created_at: Timestamp;
  readonly updated_at: Timestamp;
}

export interface OrgsTable extends ObjectTable {
  /** What people said of its rollouts; not spec. */
  readonly rollout: DefaultedJson<RolloutWord>;
}

export interface ClassesTable extends OrgsTable {
  readonly status: DefaultedJson<ClassStatus>;
}

export interface TemplatesTable extends ObjectTable {
  /** As of workspaces. */
  readonly directories: Json<Directories>;
}

type Directories = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface WorkspacesTable extends ObjectTable {
  /** The Org that generated it. */
  readonly owner_uid: string | null;
  readonly parent_name: string | null;
  /** Resolved in the applying transaction; null while the parent does not exist. */
  readonly parent_id: string | null;
  /** Effective folding: declared, or changed through the API. */
  readonly collapsed: Generated<boolean>;
  readonly layout: NullableJson<{ readonly x: number; readonly y: number }>;
  /** Text of declared folders: directory, relative path, content. */
  readonly directories: Json<Directories>;
  /** Wishes that are not spec: `restartRequestedAt`, `reconcileRequestedAt`; any new value counts once. */
  readonly requests: Json<WorkspaceRequests>;
  /** The declaration that waits for the release of the deleted one of the same name. */
  readonly next_declaration: NullableJson<object>;
  /** Failures in a row: launches refused, instances that ended by themselves. */
  readonly failures: NullableJson<WorkspaceFailures>;
  readonly phase: ColumnType<Phase, Phase | undefined, Phase>;
  readonly status: Json<WorkspaceStatus>;
  readonly status_hash: ColumnType<string, string | undefined, string>;
  /** `Ready` is True; kept beside the status so that children can be counted. */
  readonly ready: Generated<boolean>;
  readonly observed_generation: ColumnType<number, number | undefined, number>;
  /** Stopped because it was idle, or about to be; a fact of the controller, not spec. */
  readonly hibernation: NullableJson<Hibernation>;
  /** When time alone makes another look worth it, e.g. an agent that will have been idle for long enough. */
  readonly due_at: NullableTimestamp;
  /** The `resetSessionAt` for which its state was emptied. */
  readonly session_reset_at: string | null;
  /** The attempt of the agent that runs elsewhere; null when there is none (docs/adr/0006). */
  readonly external_attempt: number | null;
  /** What the last pass that had nothing to do was computed from; equal means nothing to do again. */
  readonly settled_key: string | null;
}

export const LAUNCH_STATES = ['pending', 'launched', 'closing', 'closed'] as const;
/** Never back: pending → launched → closing → closed, steps may be left out. */
export type LaunchState = (typeof LAUNCH_STATES)[number];

/** One row per attempt. Rows outlive the record by 90 days: the proof on which garbage collection acts. */
export interface LaunchesTable {
  readonly workspace_uid: string;
  readonly attempt: number;
  readonly namespace: string;
  readonly name: string;
  readonly class_name: string;
  /** Key of the backend that was asked, e.g. `process`. */
  readonly backend: string;
  readonly token: string;
  /** Frozen `LaunchParameters`, no secrets. */
  readonly params: Json<unknown>;
  /** Hash of what decides replacing: runtime, command, size, class. */
  readonly inputs_hash: string;
  /** What it counts in the quota of its class; 1000 is one vCPU. */
  readonly milli_cpus: Generated<number>;
  /** Hash of the bundle the instance was last started with. */
  readonly config_hash: string;
  readonly state: LaunchState;
  /** Calls that were sent and whose answer is not stored. */
  readonly calls_in_doubt: Generated<number>;
  readonly last_sent_at: NullableTimestamp;
  /** A definite refusal, until the attempt is closed. */
  readonly refused: NullableJson<{ readonly reason: string; readonly message: string }>;
  readonly instance_id: string | null;
  readonly close_reason: string | null;
  readonly created_at: Timestamp;
  readonly launched_at: NullableTimestamp;
  readonly closed_at: NullableTimestamp;
}

/**
 * One row per minted token: every start of an attempt gets a new one (docs/adr/0004); bootstrap tokens: docs/adr/0005. Those of a
 * released record are kept for a while, revoked and without their secret, so that a late word is told that its workspace is gone.
 */
export interface CredentialsTable {
  /** SHA-256 of the token, hexadecimal. */
  readonly token_hash: string;
  readonly workspace_uid: string;
  readonly attempt: number;
  /** Sealed with the installation key; the same secret in all rows of an attempt. */
  readonly inbound_secret: string;
  /** The token of an instance that fetches its bundle: good for that alone. */
  readonly is_bootstrap: Generated<boolean>;
  readonly created_at: Timestamp;
  /** First use; older tokens of the attempt are revoked then. */
  readonly used_at: NullableTimestamp;
  readonly revoked_at: NullableTimestamp;
}

/** Last word of an agent; written by the agent API alone, but for `activity_at`. All times are the database's. */
export interface AgentReportsTable {
  readonly workspace_uid: string;
  readonly attempt: number;
  /** Where it says that it listens. */
  readonly url: string | null;
  readonly card: NullableJson<unknown>;
  /** null: it beats and has never registered. */
  readonly registered_at: NullableTimestamp;
  /** Last sign of life, a register or a heartbeat. */
  readonly heartbeat_at: Timestamp;
  /** Last moment it had a task, registered, said something else than before of its current task, or got a message. */
  readonly activity_at: Timestamp;
  readonly active_tasks: Generated<number>;
  readonly current_task: string | null;
  /** 0 to 1. */
  readonly error_rate: Generated<number>;
  /** Follows the error rate with hysteresis, and `wedged` (lessons.md, 2.1). */
  readonly is_degraded: Generated<boolean>;
  readonly sample_error: string | null;
  readonly uptime_seconds: number | null;
  readonly monthly_spend_cents: Generated<number>;
  /** '' or 'wedged'. */
  readonly runtime_state: Generated<string>;
  readonly metadata: Json<unknown>;
  readonly config_revision: string | null;
}

export const GARBAGE_DECISIONS = [
  'unclaimed',
  'approved',
  'deleting',
  'terminated',
  'reported',
  'gone',
] as const;
export type GarbageDecision = (typeof GARBAGE_DECISIONS)[number];

/** Unclaimed and collected instances. */
export interface GarbageTable {
  readonly backend: string;
  readonly instance_id: string;
  readonly workspace_uid: string;
  readonly attempt: number;
  readonly first_seen_at: Timestamp;
  readonly last_seen_at: Timestamp;
  /** Marks, state, launch row, record: what the decision was made from. */
  readonly evidence: Json<unknown>;
  readonly decision: GarbageDecision;
  readonly approved_by: string | null;
  readonly decided_at: NullableTimestamp;
}

/** One row: whether deletions are halted, and for which list. */
export interface GarbageBreakerTable {
  readonly only_row: Generated<boolean>;
  readonly reason: string | null;
  readonly message: string | null;
  /** Digest over the halted list; a person approves exactly this list. */
  readonly digest: string | null;
  readonly approved_digest: string | null;
  readonly approved_by: string | null;
  /** Live records at the last pass. */
  readonly live_records: number;
  readonly opened_at: NullableTimestamp;
}

/** Append-only; kept 30 days. */
export interface ActivityTable {
  readonly id: Generated<number>;
  readonly at: Timestamp;
  readonly workspace_uid: string | null;
  readonly namespace: string;
  readonly name: string;
  readonly action: string;
  readonly reason: string;
  readonly message: string;
  readonly data: Json<unknown>;
}

/** Operators' tokens for the HTTP API; only hashes. */
export interface ApiTokensTable {
  readonly id: string;
  readonly name: string;
  readonly token_hash: string;
  /** First 8 characters, to recognise it. */
  readonly prefix: string;
  readonly read_only: boolean;
  readonly created_at: Timestamp;
  readonly revoked_at: NullableTimestamp;
}
