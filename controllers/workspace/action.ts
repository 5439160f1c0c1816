import type { SeenInstance } from '../backend-list.ts';
import type { LaunchRecord } from '../../store/launch-record.ts';
import type { Hibernation } from '../../store/workspace-facts.ts';
import type { InstanceExit } from '../../backends/backend.ts';

/** Why nothing is done now although something is wanted; shown in conditions and logs. */
export type WaitReason =
  | 'StatusUnknown'
  | 'LaunchInDoubt'
  | 'Terminating'
  | 'Stopping'
  | 'Starting'
  | 'Backoff'
  | 'ChildrenFirst'
  | 'TerminationProtected'
  | 'Settling'
  | 'Recovering'
  | 'RolloutBudget'
  /** It was launched or started a moment ago, and a change is here. */
  | 'BurstOfChanges'
  | 'AwaitingHeartbeat'
  | 'Draining'
  | 'AttemptsExhausted'
  /** The provider refuses its class; see the status of the class. */
  | 'ClassOnHold'
  /** The provider sets a pace, and its turn has not come. */
  | 'Turn'
  /** The provider refused what its class asks for; only another class or spec can change that. */
  | 'InvalidLaunchParameters';

/** Why an instance only goes from here on; `ParametersChanged` where nothing is said. */
type ReplaceReason = 'ParametersChanged' | 'RunsElsewhere';

/** The one step that `plan` chose. A closed union: a forgotten case does not compile. */
export type Action =
  /** `dueSeconds`: when time alone makes another look worth it. */
  | { readonly kind: 'None'; readonly dueSeconds?: number }
  | {
      readonly kind: 'Wait';
      readonly reason: WaitReason;
      readonly afterSeconds?: number;
      /** RolloutBudget: what its condition says. */
      readonly message?: string;
    }
  /** The intent of a new attempt goes into the database; nothing is launched in this step. */
  | { readonly kind: 'Prepare'; readonly highestAttemptSeen: number }
  /** Sends the stored intent, for the first time or again. */
  | { readonly kind: 'Launch'; readonly launch: LaunchRecord }
  | { readonly kind: 'StoreLaunched'; readonly launch: LaunchRecord; readonly seen: SeenInstance }
  | { readonly kind: 'Adopt'; readonly seen: SeenInstance; readonly open?: LaunchRecord }
  | { readonly kind: 'Stop'; readonly launch: LaunchRecord; readonly reason: string }
  | { readonly kind: 'Start'; readonly launch: LaunchRecord }
  /** An exit that nobody asked for: evidence and count are stored, then comes the backoff. */
  | {
      readonly kind: 'RecordExit';
      readonly launch: LaunchRecord;
      readonly exit: InstanceExit;
      /** Hash of the bundle of the run that ended, where the backend can tell. */
      readonly startedWith?: string | undefined;
    }
  | { readonly kind: 'ClearFailures' }
  /** The agent never registered: evidence and count are stored, and the instance only goes from here on. */
  | { readonly kind: 'TimeOut'; readonly launch: LaunchRecord; readonly sinceSeconds: number }
  /** From here on the agent is told to drain; its stop is a later step. */
  | { readonly kind: 'Hibernate'; readonly claim: Hibernation; readonly activityAt?: Date }
  /** The claim ends before the stop: forgotten when the agent got work, noted as `woken` when somebody asked for it. */
  | { readonly kind: 'KeepAwake'; readonly woken?: Hibernation }
  /** The row turns `closing`: from now on this instance only goes. */
  | { readonly kind: 'Replace'; readonly launch: LaunchRecord; readonly reason?: ReplaceReason }
  | {
      readonly kind: 'Terminate';
      readonly backend: string;
      readonly instanceId: string;
      readonly attempt: number;
      readonly reason: string;
    }
  /** Nothing was ever sent, or the provider says terminated: the attempt ends without another look. */
  | {
      readonly kind: 'CloseAttempt';
      readonly launch: LaunchRecord;
      readonly reason: string;
      /** How its instance came to its end, where the provider tells. */
      readonly exit?: InstanceExit;
    }
  /** The list does not show it: the provider is asked by id and token before the attempt is closed. */
  | { readonly kind: 'VerifyAbsent'; readonly launch: LaunchRecord; readonly reason: string }
  | { readonly kind: 'Release' }
  /** An agent elsewhere gets an attempt, and with it credentials. */
  | { readonly kind: 'OpenExternal'; readonly highestAttemptSeen: number }
  /** Its attempt is over: a class runs it from here on. */
  | { readonly kind: 'CloseExternal' };

/** The actions of one kind. */
export type ActionOf<K extends Action['kind']> = Extract<Action, { readonly kind: K }>;

/** True for the actions that change something; observe-only mode logs these and does nothing. */
export function changesSomething(action: Action): boolean {
  return action.kind !== 'None' && action.kind !== 'Wait';
}

/** True for the actions that take a running agent down although it is wanted. */
export function isDisruptive(action: Action): boolean {
  return (
    action.kind === 'Replace' || (action.kind === 'Stop' && !RESTING_REASONS.has(action.reason))
  );
}

/** True for the wait of one that will be taken down, once the changes that come with the first one are all here. */
export function awaitsMoreChanges(action: Action): boolean {
  return action.kind === 'Wait' && action.reason === 'BurstOfChanges';
}

/** It is not wanted to run, so its stop takes nobody's place in a rollout. */
const RESTING_REASONS: ReadonlySet<string> = new Set(['Paused', 'Hibernated']);

/** Why an agent that was claimed for hibernation stays awake: it got work, or somebody asked for it. */
export function wakingReason({ woken }: ActionOf<'KeepAwake'>): string {
  return woken === undefined ? 'ActiveTasks' : 'Requested';
}
