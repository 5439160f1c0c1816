import { isAsleep } from '../../api/wake-request.ts';
import type { StoredWorkspace } from '../../store/stored-workspace.ts';

type Asked = Pick<StoredWorkspace, 'annotations' | 'requests' | 'spec' | 'hibernation' | 'phase'>;

/**
 * What a restart of one that is stopped comes to; undefined when it is restarted. Completes `workspace ada ...`. Pure.
 */
export function remarkOnRestart(
  workspace: Asked,
  { resetSession = false }: { readonly resetSession?: boolean },
): string | undefined {
  const stopped = stoppedBy(workspace);
  const how = resetSession ? ', with an empty state,' : '';
  return stopped === undefined
    ? undefined
    : `is ${stopped.state}: it starts${how} with its next ${stopped.ends}`;
}

/** A claim outlasts a pause: who is resumed sleeps on. */
function stoppedBy(
  workspace: Asked,
): { readonly state: string; readonly ends: string } | undefined {
  const { phase, spec } = workspace;
  const isHibernated = isAsleep(workspace);
  if (phase !== 'Paused' && spec.desiredState !== 'Paused') {
    return isHibernated ? { state: 'hibernated', ends: 'wake' } : undefined;
  }
  return isHibernated
    ? { state: 'hibernated, and paused or below one that is', ends: 'wake after a resume' }
    : { state: 'paused, or below one that is', ends: 'resume' };
}

/** That there is nobody to wake; undefined when it will wake up. Completes `workspace ada ...`. Pure. */
export function remarkOnWake(workspace: Asked): string | undefined {
  const { phase, requests, hibernation } = workspace;
  // One that was woken a moment ago is on its way.
  if (isAsleep(workspace) || phase === 'Hibernated') {
    return undefined;
  }
  const { hibernateRequestedAt } = requests;
  const isToSleep =
    hibernateRequestedAt !== undefined && hibernateRequestedAt !== hibernation?.request;
  return isToSleep ? 'is not asleep yet, and will not be hibernated' : 'is not asleep';
}
