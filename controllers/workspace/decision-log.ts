import type { Logger } from '../../lib/logger.ts';
import type { WorkspaceRecord } from '../../store/workspace-view.ts';
import { wakingReason, type Action } from './action.ts';
import type { StepFacts } from './step.ts';

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
  TimeOut: 'agent never registered',
  Hibernate: 'told agent to drain for hibernation',
  KeepAwake: 'agent stays awake; hibernation is off',
  Replace: 'replacing instance',
  Terminate: 'terminated instance',
  CloseAttempt: 'closed attempt',
  VerifyAbsent: 'asked the provider whether the instance is gone',
  Release: 'released',
  OpenExternal: 'awaiting an agent that runs elsewhere',
  CloseExternal: 'let go of the agent that ran elsewhere',
};

/** Why, where the action itself does not say it. */
const REASONS: Partial<Readonly<Record<Action['kind'], string>>> = {
  Prepare: 'Wanted',
  Launch: 'Wanted',
  StoreLaunched: 'LaunchInDoubt',
  Adopt: 'Unrecorded',
  Start: 'Wanted',
  RecordExit: 'CrashLoopBackOff',
  ClearFailures: 'Healthy',
  TimeOut: 'ProvisionTimeout',
  Replace: 'ParametersChanged',
  Release: 'Deleted',
  OpenExternal: 'RunsElsewhere',
  CloseExternal: 'RunsHere',
};

/** What a line of the log says beyond the decision itself. */
export interface DecisionDetails extends StepFacts {
  readonly durationMs?: number;
  readonly isHeldBack?: boolean;
  readonly reconcileId?: string;
}

/**
 * One line for a step that was taken, or that observe-only mode held back. Another start of an agent that keeps ending is
 * told at debug: the line about its exit stands for the whole attempt.
 */
export function logDecision(
  log: Logger,
  { record, action }: { readonly record: WorkspaceRecord; readonly action: Action },
  { isHeldBack = false, refusedFor, ...details }: DecisionDetails,
): void {
  log[isAnotherTry(record, action) ? 'debug' : 'info'](
    {
      action: action.kind,
      workspace: `${record.namespace}/${record.name}`,
      generation: record.generation,
      ...factsOf(action),
      ...details,
      ...(refusedFor !== undefined && { reason: refusedFor }),
      ...(isHeldBack && { isHeldBack }),
    },
    messageOf(action, isHeldBack, refusedFor !== undefined),
  );
}

function isAnotherTry({ status }: WorkspaceRecord, { kind }: Action): boolean {
  return kind === 'Start' && status?.failures?.lastReason === 'CrashLoopBackOff';
}

function messageOf({ kind }: Action, isHeldBack: boolean, isRefused: boolean): string {
  if (isHeldBack) {
    return 'would act, but only observes';
  }
  return isRefused ? 'nothing was launched' : MESSAGES[kind];
}

function factsOf(action: Action): Record<string, unknown> {
  return {
    reason: reasonOf(action),
    ...('launch' in action && {
      attempt: action.launch.attempt,
      instanceId: action.launch.instanceId,
    }),
    ...(action.kind === 'Terminate' && { attempt: action.attempt, instanceId: action.instanceId }),
    ...('seen' in action && {
      attempt: action.seen.instance.marks.attempt,
      instanceId: action.seen.instance.id,
    }),
  };
}

function reasonOf(action: Action): string | undefined {
  if ('reason' in action) {
    return action.reason;
  }
  if (action.kind === 'KeepAwake') {
    return wakingReason(action);
  }
  // The same intent once more, because nobody knows what became of the call before.
  const isRepeated = action.kind === 'Launch' && action.launch.callsInDoubt > 0;
  return isRepeated ? 'LaunchInDoubt' : REASONS[action.kind];
}
