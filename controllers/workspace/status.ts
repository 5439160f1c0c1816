import type { Condition, Phase, Reason, WorkspaceStatus } from '../../api/conditions.ts';
import { storableText } from '../../store/storable.ts';
import type { WorkspaceView } from '../../store/workspace-view.ts';
import { isOfTheDeclaration } from './condition-error.ts';
import { isElsewhere } from './external-agent.ts';
import { currentFailures } from './failures.ts';
import { provisionedOf } from './provisioned.ts';
import { isDrift } from './drift.ts';
import { isAwaitingRollout, readyOf } from './ready.ts';
import { isAsleep } from '../../api/wake-request.ts';
import { agentIn, availableOf, registeredOf } from './registered.ts';
import { rolloutField } from './rollout-mark.ts';
import { sightOf } from './sight.ts';
import { stalledOf } from './stalled.ts';
import {
  failureFields,
  handledRequest,
  heartbeatField,
  placeFields,
  resolvedFields,
} from './status-fields.ts';
import { externalVerdicts } from './status-external.ts';
import type { StatusInput, Verdict, Verdicts } from './status-input.ts';

/** Longest message of a condition (kubernetes.md). */
const MESSAGE_LIMIT = 300;

/** Computes the whole status of a workspace. Pure; `lastTransitionTime` moves only when a status flips. */
export function computeStatus(input: StatusInput): WorkspaceStatus {
  const verdicts = isElsewhere(input.view) ? externalVerdicts(input) : instanceVerdicts(input);
  const { ready, available, provisioned, registered } = verdicts;
  const conditions = [
    condition(input, 'Ready', ready),
    ...(available === undefined ? [] : [condition(input, 'Available', available)]),
    condition(input, 'Accepted', acceptedOf(input)),
    ...(provisioned === undefined ? [] : [condition(input, 'Provisioned', provisioned)]),
    ...(registered === undefined ? [] : [condition(input, 'Registered', registered)]),
    ...presentWhileTrue(input, verdicts),
  ];
  return {
    observedGeneration: input.view.record.generation,
    phase: phaseOf(input, verdicts),
    conditions,
    ...placeFields(input),
    ...resolvedFields(input),
    ...(input.view.record.parentId !== undefined && { parentUID: input.view.record.parentId }),
    depth: input.acceptance.lineage.depth,
    children: input.view.children,
    ...heartbeatField(input, available),
    ...failureFields(input),
    ...rolloutField(input, ready),
    ...handledRequest(input),
  };
}

function instanceVerdicts(input: StatusInput): Verdicts {
  const provisioned = provisionedOf(input);
  const registered = registeredOf(input);
  const available = availableOf(input, provisioned);
  const agent = agentIn(input);
  return {
    ready: readyOf(input, { provisioned, registered }),
    provisioned,
    ...(registered !== undefined && { registered }),
    ...(available !== undefined && { available }),
    isDegraded: agent?.kind === 'Beating' && agent.isDegraded,
  };
}

/** What the step found out counts as well: a quota is only known to be used up when its turn comes. */
function acceptedOf({ acceptance, error }: StatusInput): Verdict {
  if (error !== undefined && isOfTheDeclaration(error.reason)) {
    return { status: 'False', reason: error.reason, message: error.message };
  }
  if (!acceptance.isAccepted) {
    return { status: 'False', reason: acceptance.reason, message: acceptance.message };
  }
  const { wanted } = acceptance;
  const message =
    wanted === undefined ? 'its agent runs elsewhere' : `resolved to class "${wanted.className}"`;
  return { status: 'True', reason: 'Accepted', message };
}

function presentWhileTrue(
  input: StatusInput,
  { ready, provisioned }: Verdicts,
): readonly Condition[] {
  const { acceptance, view, isHeldBack = false } = input;
  const stalled = stalledOf(input, provisioned);
  // Nothing of ours moves while an agent elsewhere is awaited.
  const isOurs = acceptance.isAccepted && !isHeldBack && !isElsewhere(view);
  const isMoving = ready.status !== 'True' && stalled === undefined && isOurs;
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

/** A running instance is not what its spec or its class says any more. */
function driftedOf({ acceptance, view, observation }: StatusInput): Verdict | undefined {
  const open = view.launches.find(({ state }) => state === 'launched');
  const { wanted } = acceptance;
  if (open === undefined || wanted === undefined) {
    return undefined;
  }
  if (isDrift(open.inputsHash, wanted.inputsHash)) {
    const message =
      'class, runtime, command or size changed since the launch: a replacement is due';
    return { status: 'True', reason: 'ParametersChanged', message };
  }
  const mine = sightOf(observation.instances, view.launches).mine?.instance;
  const isOutdated =
    mine?.state === 'running' &&
    acceptance.lineage.effectiveState === 'Running' &&
    isDrift(mine.configHash ?? open.configHash, wanted.configHash);
  return isOutdated
    ? {
        status: 'True',
        reason: 'ConfigChanged',
        message: 'env or files changed since the last start: a restart is due',
      }
    : undefined;
}

function phaseOf(input: StatusInput, verdicts: Verdicts): Phase {
  const { ready, provisioned } = verdicts;
  if (input.view.record.deletionRequestedAt !== undefined) {
    return 'Terminating';
  }
  return (
    phaseOfAgent(input, verdicts) ??
    (isAwaitingRollout(input.action) && ready.reason === 'Provisioning' ? 'Online' : undefined) ??
    PHASE_BY_REASON[ready.reason] ??
    (provisioned && PHASE_BY_REASON[provisioned.reason]) ??
    (input.acceptance.isAccepted ? 'Provisioning' : 'Failed')
  );
}

/** What only the agent makes of it; undefined when the reasons say enough. */
function phaseOfAgent(
  { view, acceptance, action }: StatusInput,
  { ready, isDegraded }: Verdicts,
): Phase | undefined {
  const isUp = ready.reason === 'Online' || isAwaitingRollout(action);
  if (ready.status !== 'True' && !isUp) {
    const isDraining = isAsleep(view.record) && acceptance.isAccepted && !isElsewhere(view);
    return isDraining ? 'Hibernating' : undefined;
  }
  return isUp && isDegraded ? 'Degraded' : undefined;
}

const PHASE_BY_REASON: Partial<Record<Reason, Phase>> = {
  Online: 'Online',
  Paused: 'Paused',
  AncestorPaused: 'Paused',
  Hibernated: 'Hibernated',
  ProvisionTimeout: 'Failed',
  HeartbeatLost: 'Offline',
  AwaitingAgent: 'AwaitingAgent',
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
