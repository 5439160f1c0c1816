import { ANNOTATION } from '../../api/labels.ts';
import type { Instance } from '../../backends/backend.ts';
import type { LaunchRecord } from '../../store/launch-record.ts';
import type { AgentReport, WorkspaceRecord } from '../../store/workspace-view.ts';
import type { SeenInstance } from '../backend-list.ts';
import type { Observation } from '../fleet.ts';
import type { Acceptance } from './accept.ts';
import type { Action, WaitReason } from './action.ts';
import { currentFailures, nextAttemptAt } from './failures.ts';
import type { Sight } from './sight.ts';

/** Everything one decision is made from. All times are on one clock. */
export interface PlanInput {
  readonly record: Pick<
    WorkspaceRecord,
    | 'deletionRequestedAt'
    | 'generation'
    | 'annotations'
    | 'requests'
    | 'failures'
    | 'hibernation'
    | 'sessionResetAt'
    | 'externalAttempt'
    | 'spec'
  >;
  readonly acceptance: Acceptance;
  /** All rows of this uid, the oldest attempt first. */
  readonly launches: readonly LaunchRecord[];
  /** From lists that were taken before record and rows were read. */
  readonly observation: Observation;
  /** Of the backend of the open attempt. */
  readonly timing: {
    readonly settleSeconds: number;
    readonly callLifetimeSeconds: number;
    readonly keepsState?: boolean;
  };
  readonly hasDeletingChildren: boolean;
  /** Last word of the agent of the open attempt. */
  readonly report?: AgentReport;
  /** For how long this controller has led; undefined: long enough. */
  readonly listenedSeconds?: number;
  /** Whether the port of the instance answers; undefined while nobody knows. */
  readonly isAnswering?: boolean;
  /** Seconds until somebody may launch with its class again; undefined when nothing keeps it from that. */
  readonly holdSeconds?: number;
  /** The class replaces by itself when the inputs of a launch change. */
  readonly replacesAutomatically: boolean;
  /** Its change waits for its turn, and the rest of its life goes on. */
  readonly isChangeHeld?: boolean;
  readonly now: Date;
}

/** A known observation and what follows from the input, for the parts of the plan. */
export interface Situation extends PlanInput {
  readonly sight: Sight;
  /** When the oldest list began. */
  readonly takenAt: Date;
  /** Accepted, to run here, not deleted, not hibernated, and neither it nor an ancestor is paused. */
  readonly isWanted: boolean;
}

/** A person protects it, on the instance or in its declaration (kubernetes.md: honoured on every delete path). */
export function isProtected(
  { annotations }: Pick<WorkspaceRecord, 'annotations'>,
  instance: Instance,
): boolean {
  return instance.isProtected === true || annotations[ANNOTATION.gcProtect] === 'true';
}

/** What people read while a protection holds a deletion up. */
export const PROTECTED_MESSAGE = `its instance is protected: remove ${ANNOTATION.gcProtect} to let it go`;

/** Ends an instance, unless a person protects it. */
export function planTerminate(
  { record }: Situation,
  { backend, instance }: SeenInstance,
  reason: string,
): Action {
  return isProtected(record, instance)
    ? wait('TerminationProtected')
    : {
        kind: 'Terminate',
        backend,
        instanceId: instance.id,
        attempt: instance.marks.attempt,
        reason,
      };
}

/** Nothing now; `afterSeconds` says when the next look is worth it. */
export function wait(reason: WaitReason, afterSeconds?: number): Action {
  return { kind: 'Wait', reason, ...(afterSeconds !== undefined && { afterSeconds }) };
}

/** The wait for the next try after failures; undefined when it is due. */
export function waitForRetry({ record, now }: Situation): Action | undefined {
  const failures = currentFailures(record);
  const due = failures === undefined ? now : nextAttemptAt(failures);
  return due > now ? wait('Backoff', (due.getTime() - now.getTime()) / 1000) : undefined;
}

/** The wait for a class on hold; undefined when it is on none, or a probe is due. */
export function waitForClass({ holdSeconds }: Situation): Action | undefined {
  return holdSeconds === undefined ? undefined : wait('ClassOnHold', holdSeconds);
}
