import { backendKeyOf } from '../../api/workspace-class.ts';
import type { WorkspaceView } from '../../store/workspace-view.ts';
import type { Observation } from '../fleet.ts';
import type { Acceptance, AcceptanceContext } from './accept.ts';

/** The backends whose lists the decision about one workspace needs; see `listsNeeded`. */
export function backendsOf(
  { record, launches, classes }: WorkspaceView,
  { wanted }: Acceptance,
  { hasBackend }: Pick<AcceptanceContext, 'hasBackend'>,
): readonly string[] {
  return listsNeeded({
    isDeleting: record.deletionRequestedAt !== undefined,
    isExternal: record.spec.external !== undefined,
    open: launches.find(({ state }) => state !== 'closed')?.backend,
    next:
      wanted?.backend ??
      (classes.length === 1 ? classes[0] && backendKeyOf(classes[0].spec) : undefined),
    hasBackend,
  });
}

/**
 * The backend of the open attempt, and the one that would be launched on, if it is configured here. A deletion
 * without an open attempt needs none: every closed row was verified, and what comes late is garbage that its closed
 * row proves. So stop and delete of a workspace that has no instance succeed with any backend away. Nor does an agent
 * that runs elsewhere, on which nothing is launched.
 */
export function listsNeeded({
  isDeleting,
  isExternal,
  open,
  next,
  hasBackend,
}: {
  readonly isDeleting: boolean;
  readonly isExternal: boolean;
  readonly open: string | undefined;
  readonly next: string | undefined;
  readonly hasBackend: AcceptanceContext['hasBackend'];
}): readonly string[] {
  if (open === undefined && isDeleting) {
    return [];
  }
  const isNextKnown = !isExternal && next !== undefined && next !== open && hasBackend(next);
  return [...(open === undefined ? [] : [open]), ...(isNextKnown ? [next] : [])];
}

/** Moves `takenAt` to the clock of the launch rows, so that two controllers and a database may disagree on the time. */
export function onDatabaseClock(
  observation: Observation,
  databaseNow: Date,
  localNow: Date,
): Observation {
  if (observation.kind === 'unknown') {
    return observation;
  }
  // A list is never of the future, even when the local clock was set back meanwhile.
  const ageMs = Math.max(localNow.getTime() - observation.takenAt.getTime(), 0);
  return { ...observation, takenAt: new Date(databaseNow.getTime() - ageMs) };
}
