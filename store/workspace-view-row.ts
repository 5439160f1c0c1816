import type { WorkspaceStatus } from '../api/conditions.ts';
import type { WorkspaceSpec } from '../api/workspace.ts';
import { toLaunchRecord, type LaunchRow } from './launch-record.ts';
import type { Hibernation, WorkspaceFailures, WorkspaceRequests } from './workspace-facts.ts';
import type {
  AgentReport,
  Ancestor,
  ClassView,
  TemplateVersion,
  WorkspaceRecord,
  WorkspaceView,
} from './workspace-record.ts';

/** The view as PostgreSQL answers it; rows are `to_jsonb`, so times are ISO text. */
export interface ViewRow {
  readonly record: RecordRow;
  readonly ancestors: readonly AncestorRow[];
  readonly launches: readonly LaunchRow[];
  readonly classes: readonly ClassView[];
  readonly template: TemplateRow | null;
  readonly report: ReportRow | null;
  readonly children_total: number;
  readonly children_ready: number;
  readonly has_deleting_children: boolean;
  readonly now: Date;
}

interface RecordRow {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly spec: WorkspaceSpec;
  readonly annotations: Readonly<Record<string, string>>;
  readonly directories: WorkspaceRecord['directories'];
  readonly spec_hash: string;
  readonly generation: number;
  readonly owner_uid: string | null;
  readonly deletion_requested_at: string | null;
  readonly parent_name: string | null;
  readonly parent_id: string | null;
  readonly requests: WorkspaceRequests;
  readonly failures: WorkspaceFailures | null;
  readonly status: WorkspaceStatus;
  readonly status_hash: string;
  readonly settled_key: string | null;
  readonly hibernation: Hibernation | null;
  readonly due_at: string | null;
  readonly session_reset_at: string | null;
  readonly external_attempt: number | null;
}

interface TemplateRow {
  readonly name: string;
  readonly generation: number;
  readonly spec: TemplateVersion['spec'];
  readonly directories: TemplateVersion['directories'];
  readonly spec_hash: string;
}

interface ReportRow {
  readonly url: string | null;
  readonly heartbeat_at: string;
  readonly activity_at: string;
  readonly active_tasks: number;
  readonly is_degraded: boolean;
  readonly error_rate: number;
  readonly sample_error: string | null;
  readonly runtime_state: string;
}

interface AncestorRow {
  readonly uid: string;
  readonly name: string;
  readonly parent_name: string | null;
  readonly parent_id: string | null;
  readonly is_paused: boolean;
  readonly is_deleting: boolean;
}

export function toView(row: ViewRow): WorkspaceView {
  return {
    record: toRecord(row.record),
    ancestors: row.ancestors.map(toAncestor),
    launches: row.launches.map(toLaunchRecord),
    classes: row.classes,
    ...(row.template !== null && { template: toTemplate(row.template) }),
    ...(row.report !== null && { report: toReport(row.report) }),
    children: { total: row.children_total, ready: row.children_ready },
    hasDeletingChildren: row.has_deleting_children,
    now: row.now,
  };
}

function toRecord(row: RecordRow): WorkspaceRecord {
  return {
    uid: row.uid,
    namespace: row.namespace,
    name: row.name,
    spec: row.spec,
    annotations: row.annotations,
    directories: row.directories,
    specHash: row.spec_hash,
    generation: row.generation,
    ...placeOf(row),
    ...(row.deletion_requested_at !== null && {
      deletionRequestedAt: new Date(row.deletion_requested_at),
    }),
    requests: row.requests,
    ...(row.failures !== null && { failures: row.failures }),
    ...(row.status_hash !== '' && { status: row.status }),
    statusHash: row.status_hash,
    ...toFacts(row),
  };
}

/** What the controller keeps of it beside its status. */
function toFacts(row: RecordRow): Partial<WorkspaceRecord> {
  return {
    ...(row.settled_key !== null && { settledKey: row.settled_key }),
    ...(row.hibernation !== null && { hibernation: row.hibernation }),
    ...(row.due_at !== null && { dueAt: new Date(row.due_at) }),
    ...(row.session_reset_at !== null && { sessionResetAt: row.session_reset_at }),
    ...(row.external_attempt !== null && { externalAttempt: row.external_attempt }),
  };
}

function placeOf(row: RecordRow): Pick<WorkspaceRecord, 'ownerUid' | 'parentName' | 'parentId'> {
  return {
    ...(row.owner_uid !== null && { ownerUid: row.owner_uid }),
    ...(row.parent_name !== null && { parentName: row.parent_name }),
    ...(row.parent_id !== null && { parentId: row.parent_id }),
  };
}

function toAncestor(row: AncestorRow): Ancestor {
  return {
    uid: row.uid,
    name: row.name,
    ...(row.parent_name !== null && { parentName: row.parent_name }),
    ...(row.parent_id !== null && { parentId: row.parent_id }),
    isPaused: row.is_paused,
    isDeleting: row.is_deleting,
  };
}

function toTemplate({ spec_hash: specHash, ...row }: TemplateRow): TemplateVersion {
  const { name, generation, spec, directories } = row;
  return { name, generation, spec, directories, specHash };
}

function toReport(row: ReportRow): AgentReport {
  return {
    ...(row.url !== null && { url: row.url }),
    heartbeatAt: new Date(row.heartbeat_at),
    activityAt: new Date(row.activity_at),
    activeTasks: row.active_tasks,
    isDegraded: row.is_degraded,
    errorRate: row.error_rate,
    ...(row.sample_error !== null && { sampleError: row.sample_error }),
    runtimeState: row.runtime_state,
  };
}
