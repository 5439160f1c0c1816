import type { Backup, Controller, Database, World } from '../world.ts';
import type { Move } from './move.ts';

/** An older copy of the database comes back, or it comes back empty. */
export const databaseLoss: Move = (world, { restores }, emit) => {
  const { budget, backup } = world;
  if (budget.restores === 0) {
    return;
  }
  if (restores.includes('restore') && backup === undefined) {
    emit('a copy of the database is made', { ...world, backup: toBackup(world) });
  }
  if (restores.includes('restore') && backup !== undefined) {
    const lost = lose({ ...world, backup: undefined }, backup.database);
    emit('the copy is restored', withHolder(lost, backup.holder));
  }
  if (restores.includes('empty')) {
    emit('the database is emptied', withHolder(lose(world, EMPTY), 'nobody'));
  }
};

/** As it is after the first migration. */
export const EMPTY: Database = {
  record: undefined,
  rows: [],
  approved: [],
  others: 0,
  liveRecords: 0,
};

function toBackup({ database, leader }: World): Backup {
  return { database, holder: leader === undefined ? 'nobody' : 'leader' };
}

function lose(world: World, database: Database): World {
  const { budget, leader, stale, provider } = world;
  const effects = provider.effects.map((effect) => ({ ...effect, why: 'excused' }) as const);
  return {
    ...world,
    database,
    provider: { ...provider, effects },
    leader: leader && excused(leader),
    stale: stale && excused(stale),
    budget: { ...budget, restores: budget.restores - 1, wasDatabaseLost: true },
  };
}

/** What was decided on rows that are gone now cannot be held against anybody. */
function excused(controller: Controller): Controller {
  const { hand, garbage } = controller;
  return {
    ...controller,
    view: undefined,
    hand:
      hand?.kind === 'terminate' || hand?.kind === 'verify' ? { ...hand, why: 'excused' } : hand,
    garbage: garbage?.kind === 'cleared' ? { ...garbage, why: 'excused' } : garbage,
  };
}

/** The epoch row is as old as the rest: whoever it names is leader again, everybody else is fenced. */
function withHolder(world: World, holder: Backup['holder']): World {
  const { leader, stale, backup } = world;
  if (holder === 'leader') {
    return world;
  }
  if (holder === 'stale' && stale !== undefined) {
    return { ...world, leader: stale, stale: leader };
  }
  const next = { ...world, leader: undefined, stale: leader ?? stale };
  return leader === undefined ? next : { ...next, backup: backup && fencedIn(backup) };
}

/** Another copy that names the process which is stale from now on names it as the stale one. */
export function fencedIn(backup: Backup): Backup {
  return { ...backup, holder: backup.holder === 'leader' ? 'stale' : 'nobody' };
}
