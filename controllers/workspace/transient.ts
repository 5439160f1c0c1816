import type { WorkspaceStatus } from '../../api/conditions.ts';
import { isDisruptive } from './action.ts';
import type { StatusInput } from './status-input.ts';

/** An intermediate state that lasts less than this is not written (kubernetes.md), so watchers see few lines. */
const TRANSIENT_SECONDS = 2;

/**
 * Seconds to wait before `status` is worth writing, at most 2; 0: write it now. Only the wait of a young instance for
 * its first answer is transient, and only while the record says nothing worse.
 */
export function transientSeconds(
  status: WorkspaceStatus,
  { view: { launches, record, now }, action }: Pick<StatusInput, 'view' | 'action'>,
): number {
  const ready = status.conditions.find(({ type }) => type === 'Ready');
  const launchedAt = launches.at(-1)?.launchedAt;
  const isTransient =
    ready?.reason === 'Provisioning' &&
    launchedAt !== undefined &&
    record.status?.observedGeneration !== record.generation &&
    !isDisruptive(action);
  if (!isTransient) {
    return 0;
  }
  const ageSeconds = (now.getTime() - launchedAt.getTime()) / 1000;
  // An adopted instance has its launch time from another clock, which may be ahead.
  return Math.min(Math.max(0, TRANSIENT_SECONDS - ageSeconds), TRANSIENT_SECONDS);
}
