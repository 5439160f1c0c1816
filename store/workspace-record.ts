import type { ClassStatus } from '../api/class-status.ts';
import type { WorkspaceStatus } from '../api/conditions.ts';
import type { WorkspaceClassSpec } from '../api/workspace-class.ts';
import type { WorkspaceTemplateSpec } from '../api/workspace-template.ts';
import type { WorkspaceSpec } from '../api/workspace.ts';
import type { LaunchRecord } from './launch-record.ts';
import type { Hibernation, WorkspaceFailures, WorkspaceRequests } from './workspace-facts.ts';

/** One workspace as the reconciler needs it, read in one statement, so that all of it is of one moment. */
export interface WorkspaceView {
  readonly record: WorkspaceRecord;
  /** From the parent upwards; cut off one step beyond `MAX_DEPTH`, so a cycle is no endless walk. */
  readonly ancestors: readonly Ancestor[];
  /** All rows of this uid, the oldest attempt first; also of a namesake that was released before. */
  readonly launches: readonly LaunchRecord[];
  /** The class it names, or every class that calls itself default. */
  readonly classes: readonly ClassView[];
  /** The template it names; undefined when it names none, or one that does not exist. */
  readonly template?: TemplateVersion;
  /** The last word of the agent of the open attempt; undefined while that has not spoken. */
  readonly report?: AgentReport;
  readonly children: { readonly total: number; readonly ready: number };
  /** A child of the same deletion is still there; children go first. */
  readonly hasDeletingChildren: boolean;
  /** The database's clock at the read; every time of a launch row is on this clock. */
  readonly now: Date;
}

export interface WorkspaceRecord {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly spec: WorkspaceSpec;
  readonly annotations: Readonly<Record<string, string>>;
  readonly directories: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly specHash: string;
  readonly generation: number;
  /** The Org that generated it. */
  readonly ownerUid?: string;
  readonly deletionRequestedAt?: Date;
  readonly parentName?: string;
  readonly parentId?: string;
  readonly requests: WorkspaceRequests;
  readonly failures?: WorkspaceFailures;
  readonly status?: WorkspaceStatus;
  readonly statusHash: string;
  readonly settledKey?: string;
  readonly hibernation?: Hibernation;
  /** When the last pass wanted to look again. */
  readonly dueAt?: Date;
  /** The `resetSessionAt` for which its state was emptied last. */
  readonly sessionResetAt?: string;
  /** The attempt of the agent that runs elsewhere. */
  readonly externalAttempt?: number;
}

export interface TemplateVersion {
  readonly name: string;
  readonly generation: number;
  readonly spec: WorkspaceTemplateSpec;
  readonly directories: WorkspaceRecord['directories'];
  readonly specHash: string;
}

/** What the agent of the open attempt said last; all times on the database's clock. */
export interface AgentReport {
  readonly url?: string;
  readonly heartbeatAt: Date;
  readonly activityAt: Date;
  readonly activeTasks: number;
  readonly isDegraded: boolean;
  readonly errorRate: number;
  readonly sampleError?: string;
  readonly runtimeState: string;
}

export interface Ancestor {
  readonly uid: string;
  readonly name: string;
  readonly parentName?: string;
  readonly parentId?: string;
  readonly isPaused: boolean;
  readonly isDeleting: boolean;
}

export interface ClassVersion {
  readonly uid: string;
  readonly name: string;
  readonly generation: number;
  readonly spec: WorkspaceClassSpec;
}

/** A class as a workspace that may mean it finds it. */
export interface ClassView extends ClassVersion {
  readonly status: ClassStatus;
  /** Seconds since it was declared or changed last, when it was read. */
  readonly unchangedSeconds: number;
}
