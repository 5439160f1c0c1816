import type { WorkspaceObject } from '../../server/contract.ts';
import { conditionOf, phaseOf } from '../output/columns.ts';

export const GOALS = ['ready', 'online', 'paused', 'hibernated', 'deleted'] as const;
export type Goal = (typeof GOALS)[number];

/** Reasons of Ready=True, by goal. Without the agent being up, it may be ready because nothing is to run. */
const REASONS: Partial<Record<Goal, readonly string[]>> = {
  online: ['Online'],
  paused: ['Paused', 'AncestorPaused'],
  hibernated: ['Hibernated'],
};

/** How far a wait has come. */
export interface Standing {
  readonly total: number;
  /** Those that are not there yet, each with what it is doing instead. */
  readonly pending: readonly { readonly key: string; readonly why: string }[];
}

/** `workspaces` by key; what is absent does not exist (any more). */
export function computeStanding(
  goal: Goal,
  keys: readonly string[],
  workspaces: ReadonlyMap<string, WorkspaceObject>,
): Standing {
  const pending = keys
    .filter((key) => !isReached(goal, workspaces.get(key)))
    .map((key) => ({ key, why: whyPending(workspaces.get(key)) }));
  return { total: keys.length, pending };
}

/** An old status says nothing about a new spec: it has to be of this generation. */
function isReached(goal: Goal, workspace: WorkspaceObject | undefined): boolean {
  if (goal === 'deleted' || workspace === undefined) {
    return goal === 'deleted' && workspace === undefined;
  }
  const ready = conditionOf(workspace, 'Ready');
  const isSettled =
    ready?.status === 'True' &&
    workspace.status.observedGeneration >= workspace.metadata.generation &&
    workspace.metadata.deletionTimestamp === undefined;
  return isSettled && (REASONS[goal]?.includes(ready.reason) ?? true);
}

function whyPending(workspace: WorkspaceObject | undefined): string {
  if (workspace === undefined) {
    return 'deleted';
  }
  if (workspace.metadata.deletionTimestamp !== undefined) {
    return 'Terminating';
  }
  return conditionOf(workspace, 'Ready')?.reason ?? phaseOf(workspace);
}

/** `5/8 ready, waiting for ada (AwaitingHeartbeat), ben (Provisioning)`. */
export function describeStanding(goal: Goal, { total, pending }: Standing): string {
  const counts = `${total - pending.length}/${total} ${goal}`;
  const waiting = pending.map(({ key, why }) => `${key.replace(/^default\//, '')} (${why})`);
  return waiting.length === 0 ? counts : `${counts}, waiting for ${waiting.join(', ')}`;
}
