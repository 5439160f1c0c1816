import { terminateViolation, touchViolation } from '../invariants.ts';
import {
  instanceOf,
  type Hand,
  type LateEffect,
  type Provider,
  type ProviderInstance,
  type World,
} from '../world.ts';
import { payFault } from './launch.ts';
import type { Move, Place } from './move.ts';
import { afterCall } from './writing.ts';

type Call = Extract<Hand, { readonly kind: 'stop' | 'start' | 'terminate' }>;

/** Stops, starts or terminates one instance by its id; the answer may be lost and the effect come late, or never. */
export function callProvider(hand: Call, place: Place): void {
  const { world, role, setting, emit } = place;
  const effect = toEffect(hand);
  const { next, violation } = takeEffect(world, effect, setting.isTerminationSlow);
  emit(`${role}: ${hand.kind}s i${hand.id}`, afterCall(next, role, { setting }), violation);
  if (world.budget.faults > 0) {
    const paid = payFault(place).world;
    const late = afterCall(addEffect(paid, effect), role, { setting });
    emit(`${role}: ${hand.kind}s i${hand.id}, no answer`, late);
  }
}

function toEffect(hand: Call): LateEffect {
  return {
    kind: hand.kind,
    id: hand.id,
    config: hand.kind === 'start' ? hand.config : 0,
    why: hand.kind === 'terminate' ? hand.why : 'plan',
  };
}

/** A call nobody waits for any more. */
export function addEffect(world: World, effect: LateEffect): World {
  const { provider } = world;
  return { ...world, provider: { ...provider, effects: [...provider.effects, effect] } };
}

/** Late calls take effect, or never do. Unlike launches they have no end: they are bound to one id. */
export const landEffects: Move = (world, { isTerminationSlow }, emit) => {
  world.provider.effects.forEach((effect, index) => {
    const effects = world.provider.effects.toSpliced(index, 1);
    const without = { ...world, provider: { ...world.provider, effects } };
    const { next, violation } = takeEffect(without, effect, isTerminationSlow);
    emit(`a late ${effect.kind} of i${effect.id} takes effect`, next, violation);
    emit(`a ${effect.kind} of i${effect.id} is lost`, without);
  });
};

/** What the call does, and what it breaks. */
export function takeEffect(
  world: World,
  { kind, id, config, why }: LateEffect,
  isSlow: boolean,
): { readonly next: World; readonly violation: string | undefined } {
  const instance = instanceOf(world.provider, id);
  const violation =
    kind === 'terminate' ? terminateViolation(world, instance, why) : touchViolation(instance);
  const after = EFFECT[kind](instance, config, isSlow);
  return { next: { ...world, provider: replaceInstance(world.provider, after) }, violation };
}

const EFFECT = {
  stop: (instance: ProviderInstance): ProviderInstance =>
    instance.state === 'running' ? { ...instance, state: 'stopped' } : instance,
  start: (instance: ProviderInstance, config: number): ProviderInstance =>
    instance.state === 'stopped'
      ? { ...instance, state: 'running', hasExited: false, config }
      : instance,
  terminate: (instance: ProviderInstance, _config: number, isSlow: boolean): ProviderInstance =>
    isSlow && instance.state !== 'terminated'
      ? { ...instance, state: 'terminating', hasExited: false }
      : toTerminated(instance),
};

/** Gone for good; what nothing depends on any more is forgotten. */
export function toTerminated(instance: ProviderInstance): ProviderInstance {
  return { ...instance, state: 'terminated', hasExited: false, exits: 0, config: 0 };
}

/** The provider with one instance in another state. */
export function replaceInstance(provider: Provider, instance: ProviderInstance): Provider {
  return { ...provider, instances: provider.instances.with(instance.id, instance) };
}
