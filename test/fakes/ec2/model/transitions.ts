import type { Ec2Instance, InstanceStateName } from './instance.ts';
import { releaseVolumes } from './volumes.ts';
import type { World } from './world.ts';

type Passing = Extract<InstanceStateName, 'pending' | 'stopping' | 'shutting-down'>;

const ARRIVES_AT = {
  pending: 'running',
  stopping: 'stopped',
  'shutting-down': 'terminated',
} as const satisfies Record<Passing, InstanceStateName>;

/**
 * Puts the instance into a state that passes by itself, and plans the next one. `until`: what has to end first, besides
 * the time of that state.
 */
export function pass(
  world: World,
  instance: Ec2Instance,
  through: Passing,
  until?: Promise<void>,
): void {
  instance.state = through;
  instance.changes += 1;
  instance.revision += 1;
  const { changes } = instance;
  const arrive = (): void => {
    // What was planned before the last change does not happen any more.
    if (instance.changes === changes) {
      arriveAt(world, instance, ARRIVES_AT[through]);
    }
  };
  const dueAt = world.timeline.now() + secondsOf(world, through) * 1000;
  const happen = until === undefined ? arrive : () => void until.then(arrive);
  if (world.guests === undefined) {
    world.timeline.at(dueAt, happen);
  } else {
    // Its user data has to run although nobody asks.
    world.timeline.wakeAt(dueAt, happen);
  }
}

function secondsOf({ settings }: World, state: Passing): number {
  const seconds = {
    pending: settings.pendingSeconds,
    stopping: settings.stoppingSeconds,
    'shutting-down': settings.shuttingDownSeconds,
  };
  return seconds[state];
}

function arriveAt(world: World, instance: Ec2Instance, state: InstanceStateName): void {
  instance.state = state;
  if (state === 'running') {
    world.guests?.boot(instance);
  }
  if (state === 'terminated') {
    releaseVolumes(world, instance);
    planForgetting(world, instance);
  }
}

/** A terminated instance is shown for a while, and its token is known for longer. */
function planForgetting(
  { timeline, settings, instances, tokens }: World,
  { id, tokenScope }: Ec2Instance,
): void {
  const now = timeline.now();
  timeline.at(now + settings.terminatedVisibleSeconds * 1000, () => {
    instances.delete(id);
  });
  if (tokenScope !== undefined) {
    timeline.at(now + settings.tokenMemorySeconds * 1000, () => {
      tokens.forget(tokenScope);
    });
  }
}
