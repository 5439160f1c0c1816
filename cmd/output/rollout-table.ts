import type { WorkspaceObject } from '../../server/contract.ts';
import type { Rollout } from '../../server/contract-rollouts.ts';
import { formatAge } from './age.ts';
import { conditionOf, full, phaseOf } from './columns.ts';
import { printable } from './style.ts';
import { renderTable } from './table.ts';
import { explainReadiness } from './why-not-ready.ts';

export const ROLLOUT_STATES = ['Failed', 'Down', 'Waiting', 'Outdated', 'Updated'] as const;
/**
 * `Waiting`: it is up with what it was started with, and its change waits. `Outdated`: the same, and nobody is about to change that:
 * its class replaces by hand, or no controller has looked at its new spec.
 */
export type RolloutState = (typeof ROLLOUT_STATES)[number];

/** How far one workspace is. */
export interface RolloutEntry {
  readonly namespace: string;
  readonly name: string;
  readonly state: RolloutState;
  readonly why: string;
}

/** Those that need a look come first. What is being deleted does not count any more. Pure. */
export function computeRollout(workspaces: readonly WorkspaceObject[], now: Date): RolloutEntry[] {
  return workspaces
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map((workspace) => toEntry(workspace, now))
    .sort((a, b) => ROLLOUT_STATES.indexOf(a.state) - ROLLOUT_STATES.indexOf(b.state));
}

function toEntry(workspace: WorkspaceObject, now: Date): RolloutEntry {
  const { namespace = '', name } = workspace.metadata;
  const drifted = conditionOf(workspace, 'Drifted');
  // Ready and outdated: its class replaces by hand.
  const isHeld = isReady(workspace) && drifted?.status === 'True';
  return {
    namespace,
    name,
    state: stateOf(workspace, now),
    why: isHeld
      ? `${drifted.reason}: ${printable(drifted.message)}`
      : explainReadiness(workspace, now),
  };
}

function stateOf(workspace: WorkspaceObject, now: Date): RolloutState {
  const phase = phaseOf(workspace);
  const isDrifted = conditionOf(workspace, 'Drifted')?.status === 'True';
  if (hasFailed(workspace, phase, now)) {
    return 'Failed';
  }
  if (isReady(workspace)) {
    return isDrifted ? 'Outdated' : 'Updated';
  }
  return phase === 'Online' ? waitingState(workspace, isDrifted) : 'Down';
}

function waitingState({ status, metadata }: WorkspaceObject, isDrifted: boolean): RolloutState {
  const isCurrent = status.observedGeneration >= metadata.generation;
  return isDrifted && isCurrent ? 'Waiting' : 'Outdated';
}

function hasFailed(workspace: WorkspaceObject, phase: string, now: Date): boolean {
  return (
    ['Failed', 'Offline', 'Degraded'].includes(phase) ||
    conditionOf(workspace, 'Stalled')?.status === 'True' ||
    conditionOf(workspace, 'Accepted')?.status === 'False' ||
    (!isReady(workspace) && hasFailures(workspace, now))
  );
}

/** Its change has failed, or its next attempt is still to come; one that has begun may go well. */
function hasFailures({ status }: WorkspaceObject, now: Date): boolean {
  const seen = full(status);
  const nextAttemptAt = seen?.failures?.nextAttemptAt;
  const isBetweenAttempts = nextAttemptAt !== undefined && new Date(nextAttemptAt) > now;
  return isBetweenAttempts || seen?.rollout?.failure !== undefined;
}

/** An old status says nothing about a new spec. */
function isReady(workspace: WorkspaceObject): boolean {
  return (
    conditionOf(workspace, 'Ready')?.status === 'True' &&
    workspace.status.observedGeneration >= workspace.metadata.generation
  );
}

export interface RolloutView {
  /** `class local`. */
  readonly what: string;
  /** `--class local`. */
  readonly flag: string;
  readonly now: Date;
}

/** One sentence, what holds it up, and a table of those that are not updated. */
export function renderRollout(
  rollout: Rollout,
  entries: readonly RolloutEntry[],
  view: RolloutView,
): string[] {
  const open = entries.filter(({ state }) => state !== 'Updated');
  return [
    ...(entries.length === 0 ? [] : [countLine(rollout, entries, view)]),
    ...holdLines(rollout, view),
    ...(open.length === 0
      ? []
      : renderTable([
          ['NAMESPACE', 'NAME', 'STATE', 'WHY'],
          ...open.map(({ namespace, name, state, why }) => [namespace, name, state, why]),
        ])),
  ];
}

function countLine(
  { maxUnavailable }: Rollout,
  entries: readonly RolloutEntry[],
  { what }: RolloutView,
): string {
  const counts = ROLLOUT_STATES.toReversed()
    .map((state) => ({ state, count: entries.filter((entry) => entry.state === state).length }))
    .filter(({ state, count }) => count > 0 || state === 'Updated')
    .map(({ state, count }) => `${count} ${state.toLowerCase()}`);
  const total = `${entries.length} workspace${entries.length === 1 ? '' : 's'}`;
  const most = maxUnavailable === undefined ? '' : `; at most ${maxUnavailable} down at a time`;
  return `${what}: ${total}, ${counts.join(', ')}${most}`;
}

function holdLines({ paused, down }: Rollout, { flag, now }: RolloutView): string[] {
  const stops = down.flatMap(({ namespace, name, failure }) =>
    failure?.stops === true
      ? [
          `stopped: ${namespace}/${name} did not come back (${failure.reason}, ${formatAge(failure.at, now)} ago)`,
        ]
      : [],
  );
  return [
    ...(paused === undefined
      ? []
      : [`paused by ${printable(paused.by)} ${formatAge(paused.at, now)} ago`]),
    ...stops,
    ...(paused === undefined && stops.length === 0
      ? []
      : [`to go on: treeline rollout resume ${flag}`]),
  ];
}
