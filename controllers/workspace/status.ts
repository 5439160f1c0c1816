import type { Condition, Phase, Reason, WorkspaceStatus } from '../../api/conditions.ts';
import { storableText } from '../../store/storable.ts';
import type { WorkspaceView } from '../../store/workspace-view.ts';
import { currentFailures } from './failures.ts';
import { provisionedOf } from './provisioned.ts';
import { isAwaitingRollout, readyOf } from './ready.ts';
import { failureFields, handledRequest, instanceFields, resolvedFields } from './status-fields.ts';
import type { StatusInput, Verdict } from './status-input.ts';

/** Longest message of a condition (kubernetes.md). */
const MESSAGE_LIMIT = 300;

/** Computes the whole status of a workspace. Pure; `lastTransitionTime` moves only when a status flips. */
export function computeStatus(input: StatusInput): WorkspaceStatus {
  const provisioned = provisionedOf(input);
  const ready = readyOf(input, provisioned);
  const conditions = [
    condition(input, 'Ready', ready),
    condition(input, 'Accepted', acceptedOf(input)),
    condition(input, 'Provisioned', provisioned),
    ...presentWhileTrue(input, ready),
  ];
  return {
    observedGeneration: input.view.record.generation,
    phase: phaseOf(input, ready, provisioned),
    conditions,
    ...instanceFields(input),
    ...resolvedFields(input),
    ...(input.view.record.parentId !== undefined && { parentUID: input.view.record.parentId }),
    depth: input.acceptance.lineage.depth,
    children: input.view.children,
    ...failureFields(input),
    ...handledRequest(input),
  };
}

function acceptedOf({ acceptance }: StatusInput): Verdict {
  return acceptance.isAccepted
    ? {
        status: 'True',
        reason: 'Accepted',
        message: `runs in class "${acceptance.wanted.className}"`,
      }
    : { status: 'False', reason: acceptance.reason, message: acceptance.message };
}

function presentWhileTrue(input: StatusInput, ready: Verdict): Condition[] {
  const { acceptance, view } = input;
  const stalled = stalledOf(input);
  const isMoving = ready.status !== 'True' && stalled === undefined && acceptance.isAccepted;
  const drifted = driftedOf(input);
  return [
    ...(isMoving ? [condition(input, 'Reconciling', reconcilingOf(view))] : []),
    ...(stalled === undefined ? [] : [condition(input, 'Stalled', stalled)]),
    ...(drifted === undefined ? [] : [condition(input, 'Drifted', drifted)]),
  ];
}

function reconcilingOf({ record }: WorkspaceView): Verdict {
  const failures = currentFailures(record);
  return failures === undefined
    ? {
        status: 'True',
        reason: 'ProgressingToGeneration',
        message: `progressing to generation ${record.generation}`,
      }
    : { status: 'True', reason: 'Retrying', message: `retrying after ${failures.lastReason}` };
}

/** Only what needs a person (kubernetes.md): nothing moves until spec, class or protection changes. */
function stalledOf({ acceptance, action, error }: StatusInput): Verdict | undefined {
  if (action.kind === 'Wait' && action.reason === 'TerminationProtected') {
    const message = 'its instance is protected: remove treeline.dev/gc-protect to let it go';
    return { status: 'True', reason: 'TerminationProtected', message };
  }
  if (error?.reason === 'Unauthorized') {
    return { status: 'True', ...error };
  }
  const isStalled =
    !acceptance.isAccepted &&
    (acceptance.reason === 'InvalidSpec' || acceptance.reason === 'ParentCycle');
  return isStalled
    ? { status: 'True', reason: acceptance.reason, message: acceptance.message }
    : undefined;
}

function driftedOf({ acceptance, view }: StatusInput): Verdict | undefined {
  const open = view.launches.find(({ state }) => state === 'launched');
  const wanted = acceptance.wanted;
  const isDrifted =
    open !== undefined &&
    wanted !== undefined &&
    open.inputsHash !== '' &&
    open.inputsHash !== wanted.inputsHash;
  return isDrifted
    ? {
        status: 'True',
        reason: 'ParametersChanged',
        message: 'class, runtime, command or size changed since the launch: a replacement is due',
      }
    : undefined;
}

function phaseOf(input: StatusInput, ready: Verdict, provisioned: Verdict): Phase {
  if (input.view.record.deletionRequestedAt !== undefined) {
    return 'Terminating';
  }
  if (isAwaitingRollout(input.action)) {
    return 'Online';
  }
  return (
    PHASE_BY_REASON[ready.reason] ??
    PHASE_BY_REASON[provisioned.reason] ??
    (input.acceptance.isAccepted ? 'Provisioning' : 'Failed')
  );
}

const PHASE_BY_REASON: Partial<Record<Reason, Phase>> = {
  Online: 'Online',
  Paused: 'Paused',
  AncestorPaused: 'Paused',
  HeartbeatLost: 'Offline',
  InstanceLost: 'Offline',
  CrashLoopBackOff: 'Offline',
  Unauthorized: 'Failed',
  InvalidLaunchParameters: 'Failed',
  Pending: 'Pending',
  ParentNotFound: 'Pending',
  ParentTerminating: 'Pending',
  ClassNotFound: 'Pending',
  BackendUnavailable: 'Pending',
};

function condition(input: StatusInput, type: Condition['type'], verdict: Verdict): Condition {
  const before = input.view.record.status?.conditions.find((one) => one.type === type);
  const isSame = before?.status === verdict.status;
  return {
    type,
    status: verdict.status,
    reason: verdict.reason,
    message: toMessage(verdict.message),
    observedGeneration: input.view.record.generation,
    lastTransitionTime: isSame ? before.lastTransitionTime : input.now.toISOString(),
  };
}

/** Messages may cite what agents wrote; the status must compare equal to what is stored of it. */
function toMessage(text: string): string {
  const storable = storableText(text);
  const half = /[\ud800-\udbff]$/;
  return storable.length <= MESSAGE_LIMIT
    ? storable
    : `${storable.slice(0, MESSAGE_LIMIT - 1).replace(half, '')}…`;
}
