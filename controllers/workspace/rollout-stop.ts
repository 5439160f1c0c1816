import type { WorkspaceStatus } from '../../api/conditions.ts';
import type { Logger } from '../../lib/logger.ts';
import type { FencedTransaction } from '../../store/fencing.ts';
import { tell, type Step } from './step.ts';

/** That a workspace did not come back from its change, for people who ask why nothing goes on. */
export interface Stop {
  readonly className: string;
  readonly reason: string;
}

/** The stop that this status is the first to tell of; undefined when there is none. Pure. */
export function stopIn({ view }: Step, { rollout, resolved }: WorkspaceStatus): Stop | undefined {
  const isNew = view.record.status?.rollout?.failure === undefined;
  return isNew && rollout?.failure !== undefined
    ? { className: resolved?.class ?? '', reason: rollout.failure.reason }
    : undefined;
}

/** Appends it to the activity of the workspace, in the transaction of the status. */
export async function tellStop(
  tx: FencedTransaction,
  step: Step,
  { className, reason }: Stop,
): Promise<void> {
  await tell(tx, step, {
    action: 'RolloutStopped',
    reason,
    message: `it did not come back from its change: the rollout of class "${className}" is stopped`,
    data: { class: className },
  });
}

export function logStop(log: Logger, { view: { record } }: Step, stop: Stop): void {
  const workspace = `${record.namespace}/${record.name}`;
  log.warn({ workspace, class: stop.className, reason: stop.reason }, 'rollout stopped');
}
