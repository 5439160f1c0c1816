import type { WorkspaceStatus } from '../../api/conditions.ts';
import type { RolloutMark } from '../../api/rollout.ts';
import { isAsleep } from '../../api/wake-request.ts';
import type { ConditionError } from './condition-error.ts';
import { isElsewhere } from './external-agent.ts';
import { LEAST_LISTENING_SECONDS } from './listening.ts';
import { isAwaitingRollout } from './ready.ts';
import type { StatusInput, Verdict } from './status-input.ts';

/** What the status says of the change that the workspace was taken down for last (docs/adr/0007). Pure. */
export function rolloutField(input: StatusInput, ready: Verdict): Pick<WorkspaceStatus, 'rollout'> {
  const before = input.view.record.status?.rollout;
  const mark =
    input.takenDown === undefined
      ? before && markAfter(before, input, ready)
      : markFor(before, input, input.takenDown);
  return mark === undefined ? {} : { rollout: mark };
}

/** It goes down now. While it has not come back from the change before, this is the same story. */
function markFor(
  before: RolloutMark | undefined,
  { acceptance, view: { record }, now }: StatusInput,
  { wasUnwell }: NonNullable<StatusInput['takenDown']>,
): RolloutMark {
  const wasReady = record.status?.conditions.some(
    ({ type, status }) => type === 'Ready' && status === 'True',
  );
  const isSameStory = before !== undefined && (wasReady !== true || before.failure !== undefined);
  const { failure } = isSameStory ? before : {};
  const seconds = acceptance.wanted?.provisionTimeoutSeconds ?? 0;
  return {
    downSince: now.toISOString(),
    deadline: new Date(now.getTime() + seconds * 1000).toISOString(),
    ...((isSameStory ? before.wasUnwell === true : wasUnwell) && { wasUnwell: true }),
    ...(failure !== undefined && { failure }),
  };
}

function markAfter(
  before: RolloutMark,
  input: StatusInput,
  ready: Verdict,
): RolloutMark | undefined {
  if (isOver(before, input, ready)) {
    return undefined;
  }
  const mark = { ...before, deadline: deadlineOf(before, input) };
  const failure =
    before.failure ?? (before.wasUnwell === true ? undefined : failureIn(mark, input, ready));
  return { ...mark, ...(failure !== undefined && { failure }) };
}

/** A deadline that has passed while no controller led says nothing: the agent gets the time that a new leader listens. */
function deadlineOf(
  { deadline }: RolloutMark,
  { now, listenedSeconds = Infinity }: StatusInput,
): string {
  const listenSeconds = LEAST_LISTENING_SECONDS - listenedSeconds;
  return listenSeconds > 0 && now > new Date(deadline)
    ? new Date(now.getTime() + listenSeconds * 1000).toISOString()
    : deadline;
}

/** It has proved itself, or what becomes of it has nothing to do with that change any more. */
function isOver(before: RolloutMark, input: StatusInput, ready: Verdict): boolean {
  const { acceptance, view, action, now } = input;
  const { status } = view.record;
  const hasMoved = acceptance.wanted?.className !== status?.resolved?.class || isElsewhere(view);
  const isResting = acceptance.lineage.effectiveState !== 'Running' || isAsleep(view.record);
  const isProved = ready.status === 'True' && now > new Date(before.deadline);
  return hasMoved || isResting || isProved || isAwaitingRollout(action);
}

function failureIn(
  { deadline }: RolloutMark,
  { acceptance, view, error, action, now }: StatusInput,
  ready: Verdict,
): RolloutMark['failure'] {
  // It had none when it was taken down.
  const { failures } = view.record;
  if (failures !== undefined) {
    return { at: failures.lastAt, reason: failures.lastReason };
  }
  if (error !== undefined && isLasting(error)) {
    return { at: now.toISOString(), reason: error.reason };
  }
  if (action.kind === 'Wait' && action.reason === 'ClassOnHold') {
    return { at: now.toISOString(), reason: ready.reason };
  }
  const isLate = acceptance.isAccepted && ready.status !== 'True' && now > new Date(deadline);
  return isLate ? { at: deadline, reason: ready.reason } : undefined;
}

/** Errors that may be over at the next try. */
const PASSING: ReadonlySet<ConditionError['reason']> = new Set<ConditionError['reason']>([
  'BackendUnavailable',
  'LaunchInDoubt',
  'ReconcileFailed',
  'StatusUnknown',
  'Throttled',
]);

function isLasting({ reason }: ConditionError): boolean {
  return !PASSING.has(reason);
}
