import { computeBreaker } from '../../../controllers/garbage-collection/breaker.ts';
import type { Stray } from '../../../controllers/garbage-collection/plan.ts';
import { falseReportViolation } from '../invariants.ts';
import type { Setting } from '../setting.ts';
import type { Statement } from '../statements.ts';
import { reportedIds, straysAmong } from '../strays.ts';
import {
  instanceOf,
  withController,
  type Database,
  type GarbageHand,
  type ProviderInstance,
  type TerminateReason,
  type World,
} from '../world.ts';
import { addEffect, takeEffect } from './call.ts';
import { payFault } from './launch.ts';
import { forEachAnswer, forEachList } from './look.ts';
import type { Place, RoleMove } from './move.ts';
import { controllerOf, write } from './writing.ts';

/** The next part of a pass of the garbage collection; it runs beside the reconcile of the same process. */
export const collect: RoleMove = (world, role, setting, emit) => {
  const controller = world[role];
  if (controller === undefined) {
    return;
  }
  const place = { world, role, setting, emit };
  const { garbage } = controller;
  switch (garbage?.kind) {
    case undefined:
    case 'rows-read':
      look(garbage, place);
      return;
    case 'listed':
      judge(garbage, place);
      return;
    case 'due':
      checkAgain(garbage, place);
      return;
    case 'cleared':
      terminate(garbage, place);
  }
};

/** The provider first, the rows second. */
function look(before: Extract<GarbageHand, { kind: 'rows-read' }> | undefined, place: Place): void {
  const { world, role, setting, emit } = place;
  if (!setting.rules.garbageListBeforeRows && before === undefined) {
    const read = { kind: 'rows-read', rows: world.database } as const;
    emit(`${role}: garbage collection reads the rows`, next(place, read));
    return;
  }
  forEachList(world.provider, setting, (items, label) => {
    const listed = { kind: 'listed', items, rows: before?.rows } as const;
    emit(`${role}: garbage collection lists ${label}`, next(place, listed));
  });
}

function judge({ items, rows }: Extract<GarbageHand, { kind: 'listed' }>, place: Place): void {
  const { world, role, setting, emit } = place;
  const database = rows ?? world.database;
  const strays = straysAmong(items, database, setting);
  const breaker = breakerOf(strays, items, database);
  const violation = falseReportViolation(world, reportedIds(strays));
  const statement = storeBreaker(breaker.isOpen ? database.liveRecords : liveRecordsOf(database));
  const { hand } = controllerOf(world, role);
  const written = write(world, { role, setting, statement, ...(hand && { then: hand }) });
  const due = breaker.isOpen ? [] : strays.filter((stray) => isDue(stray, setting));
  for (const stray of due.length === 0 ? [undefined] : due) {
    const after = stray && toDue(stray);
    emit(
      `${role}: garbage collection judges`,
      next({ ...place, world: written }, after),
      violation,
    );
  }
}

function toDue(stray: Stray): GarbageHand {
  return { kind: 'due', id: Number(stray.instance.id), why: whyOf(stray) };
}

function whyOf({ verdict }: Stray): TerminateReason {
  return verdict === 'approved' ? 'approved' : 'garbage';
}

function breakerOf(
  strays: readonly Stray[],
  items: readonly ProviderInstance[],
  database: Database,
) {
  return computeBreaker({
    garbage: strays.filter(({ verdict }) => verdict === 'garbage'),
    listedCount: items.length,
    liveRecords: liveRecordsOf(database),
    liveRecordsBefore: database.liveRecords,
    installationMismatch: false,
    approvedDigest: undefined,
  });
}

function liveRecordsOf({ record, others }: Database): number {
  return others + (record === undefined ? 0 : 1);
}

function storeBreaker(liveRecords: number): Statement {
  return (database) => ({ ...database, liveRecords });
}

/** Without the closed row as proof, everything that belongs to no record is deleted. */
function isDue({ verdict }: Stray, { rules }: Setting): boolean {
  return verdict === 'unclaimed' ? !rules.garbageNeedsClosedRow : verdict !== 'protected';
}

/** Once more by id, in the provider and then in the database, and the evidence is written. */
function checkAgain({ id, why }: Extract<GarbageHand, { kind: 'due' }>, place: Place): void {
  const { world, role, setting, emit } = place;
  const label = `${role}: garbage collection checks i${id} again`;
  if (!setting.rules.garbageIsCheckedAgain) {
    emit(label, clear(id, why === 'approved' ? 'unchecked' : why, place));
    return;
  }
  forEachAnswer(instanceOf(world.provider, id), setting, (answer) => {
    const items = answer === undefined ? [] : [answer];
    const isStill = straysAmong(items, world.database, setting).some(
      (stray) => isDue(stray, setting) && whyOf(stray) === why,
    );
    emit(label, isStill ? clear(id, why, place) : next(place, undefined));
  });
}

function clear(id: number, why: TerminateReason, place: Place): World {
  const { world, role, setting } = place;
  const { hand } = controllerOf(world, role);
  const statement: Statement = (before) => before;
  const marked = write(world, { role, setting, statement, ...(hand && { then: hand }) });
  return next({ ...place, world: marked }, { kind: 'cleared', id, why });
}

function terminate({ id, why }: Extract<GarbageHand, { kind: 'cleared' }>, place: Place): void {
  const { world, role, setting, emit } = place;
  const effect = { kind: 'terminate', id, config: 0, why } as const;
  const { next: after, violation } = takeEffect(world, effect, setting.isTerminationSlow);
  const label = `${role}: garbage collection terminates i${id}`;
  emit(label, next({ ...place, world: after }, undefined), violation);
  if (world.budget.faults > 0) {
    const late = addEffect(payFault(place).world, effect);
    emit(`${label}, no answer`, next({ ...place, world: late }, undefined));
  }
}

/** The same process with another part in hand; none when it was fenced meanwhile. */
function next({ world, role }: Place, garbage: GarbageHand | undefined): World {
  const controller = world[role];
  if (controller === undefined) {
    return world;
  }
  return withController(world, role, { ...controller, garbage: garbage });
}
