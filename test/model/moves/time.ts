import {
  LIFETIME,
  SETTLE,
  STALE_AFTER,
  type Backup,
  type Controller,
  type Database,
  type LaunchRow,
  type Provider,
} from '../world.ts';
import { lastAge, type Setting } from '../setting.ts';
import type { Move } from './move.ts';

/** Nothing depends on how much older a row is than this: both waits are over, for the oldest list that counts. */
const OLDEST_ROW = LIFETIME + SETTLE + STALE_AFTER;
/** A list of this age says nothing any more. */
const OLDEST_LIST = STALE_AFTER + 1;

/** One tick passes, for everybody. Calls that can no longer take effect are gone. What is old already stays as it is. */
export const tick: Move = (world, setting, emit) => {
  const { leader, stale, backup } = world;
  emit('a tick', {
    ...world,
    database: olderDatabase(world.database),
    ...(backup && { backup: withDatabase(backup, olderDatabase(backup.database)) }),
    provider: olderProvider(world.provider, setting),
    ...(leader && { leader: olderController(leader) }),
    ...(stale && { stale: olderController(stale) }),
  });
};

function olderDatabase(database: Database): Database {
  const isOld = database.rows.every(({ age }) => age < 0 || age === OLDEST_ROW);
  return isOld ? database : { ...database, rows: database.rows.map(olderRow) };
}

function olderRow(row: LaunchRow): LaunchRow {
  return row.age < 0 ? row : { ...row, age: Math.min(row.age + 1, OLDEST_ROW) };
}

function withDatabase(backup: Backup, database: Database): Backup {
  return database === backup.database ? backup : { ...backup, database };
}

function olderProvider(provider: Provider, setting: Setting): Provider {
  const oldest = Math.max(setting.hidesFor, SETTLE);
  const isOld =
    provider.calls.length === 0 && provider.instances.every(({ age }) => age === oldest);
  if (isOld) {
    return provider;
  }
  const instances = provider.instances.map((instance) =>
    instance.age === oldest ? instance : { ...instance, age: instance.age + 1 },
  );
  const calls = provider.calls
    .filter(({ age }) => age < lastAge(setting))
    .map((call) => ({ ...call, age: call.age + 1 }));
  return { ...provider, instances, calls };
}

function olderController(controller: Controller): Controller {
  const { list, hand, view } = controller;
  const isOld =
    view === undefined &&
    hand?.kind !== 'counted' &&
    (list === undefined || list.age === OLDEST_LIST);
  return isOld
    ? controller
    : {
        ...controller,
        ...(list && { list: { ...list, age: Math.min(list.age + 1, OLDEST_LIST) } }),
        ...(hand?.kind === 'counted' && {
          hand: { ...hand, age: Math.min(hand.age + 1, LIFETIME + 1) },
        }),
        ...(view && { view: olderDatabase(view) }),
      };
}
