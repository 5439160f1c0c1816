import type { Accident } from '../setting.ts';
import { SETTLE, type Provider, type ProviderInstance, type World } from '../world.ts';
import { replaceInstance, toTerminated } from './call.ts';
import type { Move } from './move.ts';

/** Instances that are being terminated are gone at some time. */
export const finishTerminating: Move = (world, _setting, emit) => {
  for (const instance of world.provider.instances) {
    if (instance.state === 'terminating') {
      emit(`i${instance.id} is terminated`, withInstance(world, toTerminated(instance)));
    }
  }
};

/** What nobody here asked for. */
export const accidents: Move = (world, setting, emit) => {
  if (world.budget.accidents === 0) {
    return;
  }
  const budget = { ...world.budget, accidents: world.budget.accidents - 1 };
  for (const instance of world.provider.instances) {
    if (instance.origin !== 'ours' || instance.state === 'terminated') {
      continue;
    }
    for (const accident of setting.accidents) {
      const provider = ACCIDENT[accident](instance, world);
      if (provider !== undefined) {
        emit(`accident: ${accident} i${instance.id}`, { ...world, provider, budget });
      }
    }
  }
};

const ACCIDENT: Record<
  Accident,
  (instance: ProviderInstance, world: World) => Provider | undefined
> = {
  exit: (instance, { provider }) =>
    instance.state === 'running'
      ? replaceInstance(provider, {
          ...instance,
          state: 'stopped',
          hasExited: true,
          exits: instance.exits + 1,
        })
      : undefined,
  lose: (instance, { provider }) => replaceInstance(provider, toTerminated(instance)),
  untag: (instance, { provider }) =>
    instance.isTagged ? replaceInstance(provider, { ...instance, isTagged: false }) : undefined,
  // Only of an instance that everybody sees and a row names: before that nothing tells it from its copy.
  copy: (instance, { provider, database }) => {
    const isNamed = database.rows.some(({ instanceId }) => instanceId === instance.id);
    if (!isNamed || instance.age < SETTLE) {
      return undefined;
    }
    const id = provider.instances.length;
    const copy = { ...instance, id, age: 0, state: 'running', hasExited: false, exits: 0 } as const;
    return { ...provider, instances: [...provider.instances, { ...copy, origin: 'copy' }] };
  },
};

function withInstance(world: World, instance: ProviderInstance): World {
  return { ...world, provider: replaceInstance(world.provider, instance) };
}
