import { WORKSPACE_DEFAULTS } from '../../api/workspace.ts';
import { releaseWorkspace } from '../../store/release-workspace.ts';
import type { ActionOf } from './action.ts';
import { callBackend, write, type WorkspaceContext } from './context.ts';
import { OVERTAKEN, tell, type Outcome, type Step } from './step.ts';

/**
 * State first, then the record: a crash in between removes the state again, which is nothing. A backend that is not configured any
 * more cannot be asked, and holds no deletion up (design §8): what it may have kept is told.
 */
export async function performRelease(
  _action: ActionOf<'Release'>,
  step: Step,
  context: WorkspaceContext,
): Promise<Outcome> {
  const { record, launches } = step.view;
  const policy = record.spec.deletionPolicy ?? WORKSPACE_DEFAULTS.deletionPolicy;
  const used = [...new Set(launches.map(({ backend }) => backend))];
  const left = used.filter((backend) => !context.backends.has(backend));
  if (policy === 'Delete') {
    for (const backend of used.filter((one) => !left.includes(one))) {
      await callBackend(context, { uid: record.uid, backend }, (one) =>
        one.removeState(record.uid),
      );
    }
  }
  return await write(context, async (tx) => {
    if ((await releaseWorkspace(tx, record.uid)) === 'not-deleting') {
      return OVERTAKEN;
    }
    const message = releasedMessage(policy, left);
    await tell(tx, step, { action: 'Released', reason: 'Deleted', message });
    return { kind: 'released' };
  });
}

function releasedMessage(policy: 'Delete' | 'Retain', left: readonly string[]): string {
  if (policy === 'Retain') {
    return 'deleted; its state is retained';
  }
  return left.length === 0
    ? 'deleted, with its state'
    : `deleted; what it kept on ${left.join(', ')} is left, which is not configured here any more`;
}
