import type { Setting } from './setting.ts';
import { reportedIds, straysAmong } from './strays.ts';
import type { ProviderInstance, WorkspaceRow, World } from './world.ts';

/** What is wrong with a world in which nothing happens any more. */
export function restViolation(world: World, setting: Setting): string | undefined {
  const { record } = world.database;
  const live = liveOf(world, setting);
  if (record === undefined) {
    return live.length === 0 ? undefined : `${names(live)} left over, and nobody reports it`;
  }
  if (record.isDeleting) {
    return 'the record is never released';
  }
  if (live.length > 1) {
    return `${names(live)} left over`;
  }
  if (!record.isAccepted) {
    return record.isPaused ? pausedViolation(live) : undefined;
  }
  if (record.isExternal || record.externalAttempt > 0) {
    return elsewhereViolation(record, live);
  }
  return record.isPaused ? pausedViolation(live) : runningViolation(world, live);
}

function pausedViolation(live: readonly ProviderInstance[]): string | undefined {
  const running = live.filter(({ state, isTagged }) => state === 'running' && isTagged);
  return running.length === 0 ? undefined : `${names(running)} runs on although it is paused`;
}

/** An agent elsewhere is heard exactly where one is declared, and then no instance is left. */
function elsewhereViolation(
  { isExternal, externalAttempt }: WorkspaceRow,
  live: readonly ProviderInstance[],
): string | undefined {
  if (!isExternal) {
    return 'an agent elsewhere is still heard';
  }
  if (externalAttempt === 0) {
    return 'no agent elsewhere would be heard';
  }
  return live.length === 0 ? undefined : `${names(live)} left over`;
}

/** Exactly one, running as it is wanted, and known to the open row. Without its tags it is reported and left. */
function runningViolation(
  { database }: World,
  [only]: readonly ProviderInstance[],
): string | undefined {
  const row = database.rows.find(({ state }) => state !== 'closed');
  if (only === undefined || row?.state !== 'launched' || row.instanceId !== only.id) {
    return 'no instance, or not the one that the open row names';
  }
  if (!only.isTagged) {
    return undefined;
  }
  if (only.state !== 'running') {
    return `i${only.id} is wanted and does not run`;
  }
  const isCurrent =
    only.config === database.record?.config && row.inputs === database.record.inputs;
  return isCurrent ? undefined : `i${only.id} runs with an old configuration`;
}

/** Our instances, without those that the collector reports, and after a lost database without those nobody can find. */
function liveOf({ provider, database, budget }: World, setting: Setting): ProviderInstance[] {
  const reported = new Set(reportedIds(straysAmong(provider.instances, database, setting)));
  return provider.instances.filter(
    ({ id, origin, state, isTagged }) =>
      origin === 'ours' &&
      state !== 'terminated' &&
      !reported.has(id) &&
      (isTagged || !budget.wasDatabaseLost),
  );
}

function names(instances: readonly ProviderInstance[]): string {
  return instances.map(({ id }) => `i${id}`).join(' and ');
}
