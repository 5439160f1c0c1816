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
