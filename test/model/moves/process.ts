import { FRESH, type Controller, type World } from '../world.ts';
import { fencedIn } from './database.ts';
import { underWay } from './launch.ts';
import type { Move } from './move.ts';

/**
 * The leader dies with a step in hand and starts anew. Without one nothing is lost but its list, and it needs a new
 * one sooner or later anyway.
 */
export const crash: Move = (world, setting, emit) => {
  const { leader, budget } = world;
  if (leader === undefined || budget.crashes === 0 || isIdle(leader)) {
    return;
  }
  const after = died(world);
  emit('the leader dies', after);
  const { hand } = leader;
  const sent = hand?.kind === 'counted' ? underWay(hand, after, setting) : undefined;
  if (sent !== undefined) {
    emit('the leader dies while its call is under way', sent);
  }
};

function isIdle({ hand, garbage }: Controller): boolean {
  return hand === undefined && garbage === undefined;
}

/** A copy of the database that names the process names nobody from now on. */
function died(world: World): World {
  const { budget, backup } = world;
  return {
    ...world,
    leader: FRESH,
    budget: { ...budget, crashes: budget.crashes - 1 },
    backup: backup?.holder === 'leader' ? { ...backup, holder: 'nobody' } : backup,
  };
}

/** The leader is stopped for longer than its lease, and another process takes over. Both may go on at any time. */
export const takeOver: Move = (world, _setting, emit) => {
  const { leader, stale, budget, backup } = world;
  if (leader === undefined) {
    emit('a process becomes leader', { ...world, leader: FRESH });
    return;
  }
  if (budget.takeovers === 0 || stale !== undefined) {
    return;
  }
  emit('another process takes over', {
    ...world,
    leader: FRESH,
    stale: leader,
    budget: { ...budget, takeovers: budget.takeovers - 1 },
    backup: backup && fencedIn(backup),
  });
};
