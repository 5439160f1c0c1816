import type { WorkspaceView } from '../../store/workspace-view.ts';
import type { Observation } from '../fleet.ts';
import type { Acceptance, AcceptanceContext } from './accept.ts';

/**
 * The backends whose lists a decision needs: that of the open attempt, and the one that would be launched on.
 * A deletion without an open attempt needs none: every closed row was verified, and what comes late is garbage that
 * its closed row proves. So stop and delete of a workspace that has no instance succeed with any backend away.
 */
export function backendsOf(
  { record, launches }: WorkspaceView,
  { wanted }: Acceptance,
  { hasBackend }: Pick<AcceptanceContext, 'hasBackend'>,
): readonly string[] {
  const open = launches.find(({ state }) => state !== 'closed');
  if (open === undefined && record.deletionRequestedAt !== undefined) {
    return [];
  }
  const keys = new Set<string>();
  if (open !== undefined) {
    keys.add(open.backend);
  }
  if (wanted !== undefined && hasBackend(wanted.backend)) {
    keys.add(wanted.backend);
  }
  return [...keys];
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
  const ageMs = localNow.getTime() - observation.takenAt.getTime();
  return { ...observation, takenAt: new Date(databaseNow.getTime() - ageMs) };
}
