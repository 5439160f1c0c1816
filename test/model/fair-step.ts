import { PARTS } from './encode.ts';
import { landEffects } from './moves/call.ts';
import { collect } from './moves/garbage.ts';
import { land } from './moves/launch.ts';
import { list } from './moves/look.ts';
import type { Move, RoleMove } from './moves/move.ts';
import { pass } from './moves/pass.ts';
import { edits } from './moves/people.ts';
import { takeOver } from './moves/process.ts';
import { finishTerminating } from './moves/provider.ts';
import { step } from './moves/step.ts';
import { tick } from './moves/time.ts';
import type { Setting } from './setting.ts';
import { withController, type Role, type World } from './world.ts';

/** One step of a fair run. */
export interface FairStep {
  readonly label: string;
  /** undefined: nothing is left to do. */
  readonly next: World | undefined;
  readonly violation?: string | undefined;
}

const REST: FairStep = { label: '', next: undefined };

/**
 * The one next step of a fair run: whoever is stale ends, calls land, somebody leads, and the leader works until
 * nothing is left. Every step goes the good way. The setting has no edits, so the only one left is that of the sources
 * after the database was emptied.
 */
export function fairStep(world: World, setting: Setting): FairStep {
  return (
    endStale(world, setting) ??
    settleProvider(world, setting) ??
    take(edits, world, setting) ??
    finishInHand(world, setting) ??
    look(world, setting) ??
    act(world, setting) ??
    sweep(world, setting)
  );
}

function endStale(world: World, setting: Setting): FairStep | undefined {
  if (world.stale === undefined) {
    return undefined;
  }
  return (
    takeFor('stale', step, { world, setting }) ??
    (world.stale.garbage === undefined
      ? { label: 'the stale process ends', next: withController(world, 'stale', undefined) }
      : takeFor('stale', collect, { world, setting }))
  );
}

function settleProvider(world: World, setting: Setting): FairStep | undefined {
  return (
    take(land, world, setting) ??
    take(landEffects, world, setting) ??
    take(finishTerminating, world, setting) ??
    (world.leader === undefined ? take(takeOver, world, setting) : undefined)
  );
}

function finishInHand(world: World, setting: Setting): FairStep | undefined {
  const { leader } = world;
  if (leader?.view !== undefined) {
    const next = withController(world, 'leader', { ...leader, view: undefined });
    return { label: 'the leader starts a pass', next };
  }
  return (
    takeFor('leader', step, { world, setting }) ??
    (leader?.garbage && takeFor('leader', collect, { world, setting }))
  );
}

function look(world: World, setting: Setting): FairStep | undefined {
  const { leader } = world;
  const isFresh = leader?.isListSinceCall === true && leader.list?.age === 0;
  return isFresh ? undefined : takeFor('leader', list, { world, setting });
}

/** A pass; undefined when it has nothing to do, or only looks and leaves all as it is. */
function act(world: World, setting: Setting): FairStep | undefined {
  const taken = takeFor('leader', pass, { world, setting });
  if (taken?.next?.leader?.hand?.kind !== 'verify') {
    return taken;
  }
  const looked = takeFor('leader', step, { world: taken.next, setting });
  return looked?.next?.leader?.hand === undefined ? undefined : taken;
}

/** Nothing to do for the reconciler: the garbage collection has a turn, then time passes. */
function sweep(world: World, setting: Setting): FairStep {
  const swept = collectOnce(world, setting);
  if (swept.next === undefined || swept.violation !== undefined) {
    return swept;
  }
  if (swept.next.provider !== world.provider) {
    return swept;
  }
  const later = take(tick, swept.next, setting)?.next ?? swept.next;
  const next = takeFor('leader', list, { world: later, setting })?.next ?? later;
  return isSame(next, world) ? REST : { label: 'time passes', next };
}

/** One whole pass of the garbage collection, or up to where it breaks something. */
function collectOnce(world: World, setting: Setting): FairStep {
  let taken = takeFor('leader', collect, { world, setting }) ?? REST;
  while (taken.next?.leader?.garbage !== undefined && taken.violation === undefined) {
    taken = takeFor('leader', collect, { world: taken.next, setting }) ?? REST;
  }
  return taken;
}

function isSame(a: World, b: World): boolean {
  return Object.values(PARTS).every((part) => part(a) === part(b));
}

/** What a move emits first, which is the good way. */
function take(move: Move, world: World, setting: Setting): FairStep | undefined {
  const taken: FairStep[] = [];
  move(world, setting, (label, next, violation) => {
    taken.push({ label, next, violation });
  });
  return taken[0];
}

function takeFor(
  role: Role,
  move: RoleMove,
  { world, setting }: { readonly world: World; readonly setting: Setting },
): FairStep | undefined {
  return take(
    (before, same, emit) => {
      move(before, role, same, emit);
    },
    world,
    setting,
  );
}
