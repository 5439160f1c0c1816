/** Conditions, reasons and phases: stable words, part of the API (kubernetes.md, "Status of a Workspace"). */

export const PHASES = [
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
] as const;
/** Display only; derived from the conditions. */
export type Phase = (typeof PHASES)[number];

export const CONDITION_TYPES = [
  'Ready',
  'Available',
  'Accepted',
  'Provisioned',
  'Registered',
  'Reconciling',
  'Stalled',
  'Drifted',
] as const;
export type ConditionType = (typeof CONDITION_TYPES)[number];

export const ACCEPTED_REASONS = [
  'Accepted',
  'TemplateNotFound',
  'ClassNotFound',
  'BackendUnavailable',
  'ParentNotFound',
  'ParentTerminating',
  'ParentCycle',
  'DepthExceeded',
  'QuotaExceeded',
  'MissingEnv',
  'InvalidSpec',
  'NameConflict',
  'OwnerMissing',
  'InstallationMismatch',
] as const;
export type AcceptedReason = (typeof ACCEPTED_REASONS)[number];

export const PROVISIONED_REASONS = [
  'Running',
  'LaunchPending',
  'LaunchInDoubt',
  'Throttled',
  'InsufficientCapacity',
  'VcpuLimitExceeded',
  'Unauthorized',
  'ImageNotFound',
  'PullingImage',
  'InvalidLaunchParameters',
  'CrashLoopBackOff',
  'OOMKilled',
  'InstanceLost',
  'Stopped',
  'ReconcileFailed',
  'StatusUnknown',
] as const;
export type ProvisionedReason = (typeof PROVISIONED_REASONS)[number];

/** Reasons of `Ready` that no other condition has. */
export const READY_REASONS = [
  'Online',
  'Paused',
  'AncestorPaused',
  'Hibernated',
  'Provisioning',
  'AwaitingHeartbeat',
  'HeartbeatLost',
  'Replacing',
  'Terminating',
  'Pending',
] as const;
export const OTHER_REASONS = [
  'Heartbeating',
  'NotProvisioned',
  'AwaitingAgent',
  'Registered',
  'ProvisionTimeout',
  'ProgressingToGeneration',
  'Retrying',
  'AttemptsExhausted',
  'TerminationProtected',
  'ParametersChanged',
  'ConfigChanged',
] as const;
export type Reason =
  | AcceptedReason
  | ProvisionedReason
  | (typeof READY_REASONS)[number]
  | (typeof OTHER_REASONS)[number];

export type ConditionStatus = 'True' | 'False' | 'Unknown';

export interface Condition {
  readonly type: ConditionType;
  readonly status: ConditionStatus;
  readonly reason: Reason;
  /** At most 300 characters; no request ids, no counters. */
  readonly message: string;
  readonly observedGeneration: number;
  /** ISO 8601; moves only when `status` flips. */
  readonly lastTransitionTime: string;
}

/** What was seen of a workspace. Computed whole, by one writer, and written only when it differs. */
export interface WorkspaceStatus {
  readonly observedGeneration: number;
  readonly phase: Phase;
  readonly conditions: readonly Condition[];
  /** Where the agent listens, e.g. `http://127.0.0.1:20003`. */
  readonly url?: string;
  readonly backend?: {
    readonly type: string;
    readonly id: string;
    readonly zone?: string;
    readonly image?: string;
    readonly launchedAt: string;
    readonly attempt: number;
  };
  readonly resolved?: {
    readonly template?: string;
    readonly runtime: string;
    readonly model?: string;
    readonly tier: number;
    readonly class: string;
    readonly configRevision: string;
  };
  readonly parentUID?: string;
  readonly depth: number;
  readonly children: { readonly total: number; readonly ready: number };
  readonly lastHeartbeatTime?: string;
  readonly failures?: {
    readonly count: number;
    readonly lastReason: string;
    readonly nextAttemptAt?: string;
  };
  /** Exit code and last log lines of the last instance that ended by itself. */
  readonly lastExit?: {
    readonly attempt: number;
    readonly code?: number;
    readonly signal?: string;
    readonly at: string;
    readonly log: string;
  };
  readonly lastHandledReconcileAt?: string;
}

/** The status of an object that no controller has looked at; GitOps tools must not call it healthy. */
export const UNTOUCHED_STATUS = {
  observedGeneration: -1,
  conditions: [
    {
      type: 'Ready',
      status: 'Unknown',
      reason: 'Pending',
      message: 'waiting for controller',
      lastTransitionTime: '1970-01-01T00:00:00Z',
    },
  ],
} as const;
