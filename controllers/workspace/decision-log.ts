import type { Logger } from '../../lib/logger.ts';
import type { WorkspaceRecord } from '../../store/workspace-view.ts';
import type { Action } from './action.ts';

/** What the log says of each decision; variables are fields. */
const MESSAGES: Readonly<Record<Action['kind'], string>> = {
  None: 'nothing to do',
  Wait: 'waiting',
  Prepare: 'stored the intent to launch',
  Launch: 'launched instance',
  StoreLaunched: 'found the instance of a launch in doubt',
  Adopt: 'adopted instance',
  Stop: 'stopped instance',
  Start: 'started instance',
  RecordExit: 'instance ended by itself',
  ClearFailures: 'instance is well again',
  Replace: 'replacing instance',
  Terminate: 'terminated instance',
  CloseAttempt: 'closed attempt',
  VerifyAbsent: 'asked the provider whether the instance is gone',
  Release: 'released',
};

/** One line for a step that was taken, or that observe-only mode held back. */
export function logDecision(
  log: Logger,
  { record, action }: { readonly record: WorkspaceRecord; readonly action: Action },
  more: {
    readonly durationMs?: number;
    readonly isHeldBack?: boolean;
    readonly reconcileId?: string;
  },
): void {
  const { isHeldBack = false, ...fields } = more;
  log.info(
    {
      action: action.kind,
      workspace: `${record.namespace}/${record.name}`,
      generation: record.generation,
      ...factsOf(action),
      ...fields,
      ...(isHeldBack && { isHeldBack }),
    },
    isHeldBack ? 'would act, but only observes' : MESSAGES[action.kind],
  );
}

function factsOf(action: Action): Record<string, unknown> {
  return {
    ...('reason' in action && { reason: action.reason }),
    ...('launch' in action && {
      attempt: action.launch.attempt,
      instanceId: action.launch.instanceId,
    }),
    ...(action.kind === 'Terminate' && { attempt: action.attempt, instanceId: action.instanceId }),
    ...('seen' in action && { instanceId: action.seen.instance.id }),
  };
}
