import type { WorkspaceStatus } from '../../api/conditions.ts';
import type { WorkspaceView } from '../../store/workspace-view.ts';

/** An intermediate state that lasts less than this is not written (kubernetes.md), so watchers see few lines. */
const TRANSIENT_SECONDS = 2;

/**
 * Seconds to wait before `status` is worth writing; 0: write it now. Only the wait of a young instance for its first
 * answer is transient, and only while the record says nothing worse.
 */
export function transientSeconds(
  status: WorkspaceStatus,
  { launches, record, now }: WorkspaceView,
): number {
  const ready = status.conditions.find(({ type }) => type === 'Ready');
  const launchedAt = launches.at(-1)?.launchedAt;
  const isTransient =
    ready?.reason === 'Provisioning' &&
    launchedAt !== undefined &&
    record.status?.observedGeneration !== record.generation;
  if (!isTransient) {
    return 0;
  }
  return Math.max(0, TRANSIENT_SECONDS - (now.getTime() - launchedAt.getTime()) / 1000);
}
