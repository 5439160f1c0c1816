import type { WorkspaceObject } from '../../server/contract.ts';
import { formatDuration } from './age.ts';
import { conditionOf, full } from './columns.ts';
import { printable } from './style.ts';

/** Conditions in the order in which a workspace comes up: the first one that is not met holds up the rest. */
const STEPS = ['Accepted', 'Provisioned', 'Registered', 'Ready'];

/** In one sentence why a workspace is not ready, or what ready means here. */
export function explainReadiness(workspace: WorkspaceObject, now: Date): string {
  const { metadata, status } = workspace;
  if (metadata.deletionTimestamp !== undefined) {
    return 'it is being deleted and goes when its instance is seen gone';
  }
  if (full(status) === undefined) {
    return 'no controller has looked at it yet';
  }
  if (status.observedGeneration < metadata.generation) {
    return `the controller has not looked at generation ${metadata.generation} yet (last: ${status.observedGeneration})`;
  }
  const ready = conditionOf(workspace, 'Ready');
  return ready?.status === 'True'
    ? `${ready.reason}: ${printable(ready.message)}`
    : explainUnready(workspace, now);
}

function explainUnready(workspace: WorkspaceObject, now: Date): string {
  const stalled = conditionOf(workspace, 'Stalled');
  const blocking =
    stalled?.status === 'True'
      ? stalled
      : STEPS.map((type) => conditionOf(workspace, type)).find(
          (condition) => condition !== undefined && condition.status !== 'True',
        );
  const what =
    blocking === undefined
      ? 'nothing says why'
      : `${blocking.reason}: ${printable(blocking.message)}`;
  return stalled?.status === 'True'
    ? `${what} (nothing moves until somebody changes something)`
    : `${what}${nextAttempt(workspace, now)}`;
}

function nextAttempt({ status }: WorkspaceObject, now: Date): string {
  const failures = full(status)?.failures;
  if (failures?.nextAttemptAt === undefined) {
    return '';
  }
  const seconds = (Date.parse(failures.nextAttemptAt) - now.getTime()) / 1000;
  // That attempt is what the condition speaks of.
  return seconds <= 0
    ? ` (failed ${failures.count}x before)`
    : ` (failed ${failures.count}x, next attempt in ${formatDuration(seconds)})`;
}
