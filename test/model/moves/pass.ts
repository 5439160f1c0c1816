import type { Action, ActionOf } from '../../../controllers/workspace/action.ts';
import { plan } from '../../../controllers/workspace/plan.ts';
import { toPlanInput } from '../plan-input.ts';
import type { Setting } from '../setting.ts';
import {
  exitOf,
  withController,
  type Controller,
  type Database,
  type Hand,
  type LaunchRow,
  type ProviderInstance,
  type WorkspaceRow,
} from '../world.ts';
import type { RoleMove } from './move.ts';

/** A pass of the reconciler: reads the rows, asks the real `plan`, and takes what it answers in hand. */
export const pass: RoleMove = (world, role, setting, emit) => {
  const controller = world[role];
  if (controller === undefined || controller.hand !== undefined) {
    return;
  }
  const { view } = controller;
  const database = setting.rules.listBeforeRows ? world.database : view;
  const hand = database === undefined ? undefined : decide(database, controller, setting);
  if (hand !== undefined) {
    emit(
      `${role}: ${hand.kind}`,
      withController(world, role, { ...controller, view: undefined, hand }),
    );
  } else if (view !== undefined) {
    emit(`${role}: does nothing`, withController(world, role, { ...controller, view: undefined }));
  }
};

function decide(database: Database, controller: Controller, setting: Setting): Hand | undefined {
  const { record } = database;
  if (record === undefined) {
    return undefined;
  }
  const action = plan(toPlanInput({ ...database, record }, controller, setting));
  return toHand(action, {
    record,
    rows: database.rows,
    items: controller.list?.items ?? [],
    setting,
  });
}

interface Seen {
  readonly record: WorkspaceRow;
  readonly rows: readonly LaunchRow[];
  readonly items: readonly ProviderInstance[];
  readonly setting: Setting;
}

// One branch for each kind of action; a forgotten one does not compile.
// eslint-disable-next-line complexity
function toHand(action: Action, seen: Seen): Hand | undefined {
  const { record, items } = seen;
  switch (action.kind) {
    case 'None':
    case 'Wait':
    case 'ClearFailures':
    // Nobody registers in this world, and nobody rests.
    case 'TimeOut':
    case 'Hibernate':
    case 'KeepAwake':
      return undefined;
    case 'Prepare':
      return toPrepare(action.highestAttemptSeen, seen);
    case 'Launch':
      return { kind: 'launch', attempt: action.launch.attempt, config: record.config };
    case 'StoreLaunched':
      return {
        kind: 'launched',
        attempt: action.launch.attempt,
        id: Number(action.seen.instance.id),
      };
    case 'Adopt':
      return toAdopt(action.seen.instance.id, action.open?.attempt ?? 0, seen);
    case 'Stop':
      return { kind: 'stop', id: idIn(action.launch.attempt, seen) };
    case 'Start':
      return { ...startOf(action.launch.attempt, seen), config: record.config };
    case 'RecordExit':
      return {
        kind: 'record-exit',
        exit: exitOf(itemOf(items, idIn(action.launch.attempt, seen))),
      };
    case 'Replace':
      return toReplace(action, seen);
    case 'Terminate':
      return { kind: 'terminate', id: Number(action.instanceId), why: 'plan' };
    case 'CloseAttempt':
      return { kind: 'close', attempt: action.launch.attempt };
    case 'VerifyAbsent':
      return toVerify(action.launch.attempt, seen);
    case 'Release':
      return { kind: 'release' };
    case 'OpenExternal':
      return { kind: 'open-external', highestSeen: action.highestAttemptSeen };
    case 'CloseExternal':
      return { kind: 'close-external' };
  }
}

function toPrepare(highestAttemptSeen: number, { record, items, setting }: Seen): Hand {
  const { inputs, config } = record;
  const ofThisUid = items.filter(({ origin }) => origin !== 'stranger');
  const highestMark = Math.max(0, ...ofThisUid.map(({ attempt }) => attempt));
  const highestSeen = setting.rules.attemptsPastMarks ? highestAttemptSeen : 0;
  return { kind: 'prepare', highestSeen, highestMark, inputs, config };
}

function toAdopt(instanceId: string, open: number, { record, items }: Seen): Hand {
  const { id, attempt, token, config } = itemOf(items, Number(instanceId));
  return { kind: 'adopt', id, attempt, token, inputs: record.inputs, config, open };
}

function startOf(attempt: number, seen: Seen) {
  return { kind: 'store-config', attempt, id: idIn(attempt, seen) } as const;
}

/**
 * Without one rule the instance is terminated and the row stays as it is; without the other the agent elsewhere is let in before
 * the instance has gone.
 */
function toReplace({ launch, reason }: ActionOf<'Replace'>, seen: Seen): Hand {
  const { attempt } = launch;
  const { replacedRowIsClosing, goneBeforeElsewhere } = seen.setting.rules;
  if (reason === 'RunsElsewhere' && !goneBeforeElsewhere && seen.record.externalAttempt === 0) {
    return { kind: 'open-external', highestSeen: 0 };
  }
  return replacedRowIsClosing
    ? { kind: 'replace', attempt }
    : { kind: 'terminate', id: idIn(attempt, seen), why: 'plan' };
}

function toVerify(attempt: number, { record, rows, setting }: Seen): Hand {
  const row = rows.find((one) => one.attempt === attempt);
  if (row === undefined || !setting.rules.looksUpByIdAndToken) {
    return { kind: 'close', attempt };
  }
  const { instanceId: id, token, state } = row;
  const isLeaving = record.isDeleting || state === 'closing';
  const isPending = state === 'pending';
  return { kind: 'verify', attempt, id, token, isPending, isLeaving, why: 'plan' };
}

function idIn(attempt: number, { rows }: Seen): number {
  return rows.find((row) => row.attempt === attempt)?.instanceId ?? -1;
}

function itemOf(items: readonly ProviderInstance[], id: number): ProviderInstance {
  const item = items.find((one) => one.id === id);
  if (item === undefined) {
    throw new Error(`model: the plan names instance ${id}, which was not listed`);
  }
  return item;
}
