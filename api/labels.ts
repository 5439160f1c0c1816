import { API_GROUP } from './schema.ts';

/** Annotations people and tools may set. Where noted, the value is compared and not the presence. */
export const ANNOTATION = {
  /** `disabled`: observe and log only. */
  reconcile: `${API_GROUP}/reconcile`,
  /** `"true"`: no delete path touches the instance. */
  gcProtect: `${API_GROUP}/gc-protect`,
  /** Any new value asks for a pass at once and clears the failure count. */
  reconcileRequestedAt: `${API_GROUP}/reconcile-requested-at`,
  /** Any new value restarts the agent once. */
  restartRequestedAt: `${API_GROUP}/restart-requested-at`,
  /** Any new value wakes a hibernated agent. */
  wakeRequestedAt: `${API_GROUP}/wake-requested-at`,
} as const;
