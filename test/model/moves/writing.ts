import type { Setting } from '../setting.ts';
import type { Statement } from '../statements.ts';
import { withController, type Controller, type Hand, type Role, type World } from '../world.ts';

/** The controller of that role. Throws when there is none: callers have looked. */
export function controllerOf(world: World, role: Role): Controller {
  const controller = world[role];
  if (controller === undefined) {
    throw new Error(`model: there is no ${role}`);
  }
  return controller;
}

/** True when a write of that role is refused. */
function isFenced(role: Role, { rules }: Setting): boolean {
  return role === 'stale' && rules.fence;
}

/**
 * A fenced transaction, and the next step in hand once it is committed. A stale process is refused and ends; a
 * conflict drops the step.
 */
export function write(
  world: World,
  change: {
    readonly role: Role;
    readonly setting: Setting;
    readonly statement: Statement;
    readonly then?: Hand;
  },
): World {
  const { role, setting, statement, then } = change;
  if (isFenced(role, setting)) {
    return withController(world, role, undefined);
  }
  const controller = controllerOf(world, role);
  const database = statement(world.database);
  return database === undefined
    ? withController(world, role, { ...controller, hand: undefined })
    : { ...withController(world, role, { ...controller, hand: then }), database };
}

/**
 * The end of a call to the provider: what was listed before it proves nothing any more. The activity that is written
 * after every call but a launch ends a stale process.
 */
export function afterCall(
  world: World,
  role: Role,
  { setting, then }: { readonly setting: Setting; readonly then?: Hand },
): World {
  if (then === undefined && isFenced(role, setting)) {
    return withController(world, role, undefined);
  }
  const controller = { ...controllerOf(world, role), hand: then };
  return withController(world, role, { ...controller, isListSinceCall: false });
}
