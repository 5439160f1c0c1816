import type { WorkspaceObject } from '../../server/contract.ts';
import { conditionOf, full, phaseOf } from './columns.ts';
import { printable } from './style.ts';
import { renderTable } from './table.ts';
import { explainReadiness } from './why-not-ready.ts';

export const ROLLOUT_STATES = ['Failed', 'Changing', 'Waiting', 'Ready'] as const;
/** `Waiting`: it is up with what it was started with, and its turn has not come. */
export type RolloutState = (typeof ROLLOUT_STATES)[number];

/** How far one workspace is. */
export interface RolloutEntry {
  readonly namespace: string;
  readonly name: string;
  readonly state: RolloutState;
  readonly why: string;
}

/** The workspaces of a class, those that need a look first. What is being deleted does not count any more. Pure. */
export function computeRollout(
  workspaces: readonly WorkspaceObject[],
  className: string,
  now: Date,
): RolloutEntry[] {
  return workspaces
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .filter(({ spec, status }) => (full(status)?.resolved?.class ?? spec.className) === className)
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
    state: stateOf(workspace),
    why: isHeld
      ? `${drifted.reason}: ${printable(drifted.message)}`
      : explainReadiness(workspace, now),
  };
}

function stateOf(workspace: WorkspaceObject): RolloutState {
  const phase = phaseOf(workspace);
  const isDrifted = conditionOf(workspace, 'Drifted')?.status === 'True';
  if (hasFailed(workspace, phase)) {
    return 'Failed';
  }
  if (phase === 'Online' && (isDrifted || !isReady(workspace))) {
    return 'Waiting';
  }
  return isReady(workspace) ? 'Ready' : 'Changing';
}

function hasFailed(workspace: WorkspaceObject, phase: string): boolean {
  return (
    ['Failed', 'Offline', 'Degraded'].includes(phase) ||
    conditionOf(workspace, 'Stalled')?.status === 'True' ||
    conditionOf(workspace, 'Accepted')?.status === 'False' ||
    (!isReady(workspace) && full(workspace.status)?.failures !== undefined)
  );
}

/** An old status says nothing about a new spec. */
function isReady(workspace: WorkspaceObject): boolean {
  return (
    conditionOf(workspace, 'Ready')?.status === 'True' &&
    workspace.status.observedGeneration >= workspace.metadata.generation
  );
}

const WORDS: Readonly<Record<RolloutState, string>> = {
  Failed: 'failed',
  Changing: 'being changed',
  Waiting: 'waiting for its turn',
  Ready: 'ready',
};

/** One sentence, and a table of those that are not ready. */
export function renderRollout(className: string, entries: readonly RolloutEntry[]): string[] {
  const open = entries.filter(({ state }) => state !== 'Ready');
  const counts = ROLLOUT_STATES.toReversed()
    .map((state) => ({ state, count: entries.filter((entry) => entry.state === state).length }))
    .filter(({ state, count }) => count > 0 || state === 'Ready')
    .map(({ state, count }) => `${count} ${WORDS[state]}`);
  const total = `${entries.length} workspace${entries.length === 1 ? '' : 's'}`;
  return [
    `class ${className}: ${total}, ${counts.join(', ')}`,
    ...(open.length === 0
      ? []
      : renderTable([
          ['NAMESPACE', 'NAME', 'STATE', 'WHY'],
          ...open.map(({ namespace, name, state, why }) => [namespace, name, state, why]),
        ])),
  ];
}
