import { createdViolation } from '../invariants.ts';
import { lastAge, type Setting } from '../setting.ts';
import {
  withController,
  type Hand,
  type LateCall,
  type Provider,
  type ProviderInstance,
  type World,
} from '../world.ts';
import type { Move, Place } from './move.ts';
import { afterCall, controllerOf } from './writing.ts';

type Counted = Extract<Hand, { readonly kind: 'counted' }>;

/**
 * Sends a counted call and hears of it. A sender that was held up for longer than a call lives is not sure of its
 * lease any more and does not send; the provider would not take the call either.
 */
export function sendLaunch(hand: Counted, place: Place): void {
  if (!maySend(hand, place.setting)) {
    const then = { kind: 'without-effect', attempt: hand.attempt } as const;
    end(place, 'does not send, for it was held up', then);
    return;
  }
  answered(hand, place);
  if (place.world.budget.faults > 0) {
    failed(hand, place);
  }
}

function maySend({ age }: Counted, setting: Setting): boolean {
  return age <= lastAge(setting) || !setting.rules.heldUpCallIsDropped;
}

/** The call of this hand under way, with nobody waiting for it; undefined when it would not be sent any more. */
export function underWay(hand: Counted, world: World, setting: Setting): World | undefined {
  const { attempt, token, config } = hand;
  const age = hand.age <= lastAge(setting) ? hand.age : 0;
  return maySend(hand, setting)
    ? { ...world, provider: addCall(world.provider, { attempt, token, config, age }) }
    : undefined;
}

function answered(hand: Counted, place: Place): void {
  const { world, role, setting, emit } = place;
  const { next, instance, violation } = launchInstance(world, hand);
  const then = { kind: 'launched', attempt: hand.attempt, id: instance.id } as const;
  const after = afterCall(next, role, { setting, then });
  emit(`${role}: sends attempt ${hand.attempt}, i${instance.id} is the answer`, after, violation);
  if (instance.state === 'terminated') {
    end(place, 'sends, its instance is terminated', { kind: 'refused', attempt: hand.attempt });
  }
}

function failed(hand: Counted, place: Place): void {
  const { attempt } = hand;
  const paid = payFault(place);
  end(paid, `sends attempt ${attempt}, refused`, { kind: 'refused', attempt });
  end(paid, `sends attempt ${attempt}, throttled`, { kind: 'without-effect', attempt });
  const sent = underWay(hand, paid.world, paid.setting);
  if (sent !== undefined) {
    end({ ...paid, world: sent }, `sends attempt ${attempt}, no answer`, undefined);
  }
}

/** The end of a call that made nothing, or of which nothing is known. */
function end({ world, role, setting, emit }: Place, label: string, then: Hand | undefined): void {
  if (then !== undefined) {
    emit(`${role}: ${label}`, afterCall(world, role, { setting, then }));
    return;
  }
  // An unknown outcome writes nothing, so a stale process does not learn here that it is stale.
  const controller = {
    ...{ ...controllerOf(world, role), hand: undefined },
    isListSinceCall: false,
  };
  emit(`${role}: ${label}`, withController(world, role, controller));
}

/** The same call with one fault less left. */
export function payFault(place: Place): Place {
  const { world } = place;
  const budget = { ...world.budget, faults: world.budget.faults - 1 };
  return { ...place, world: { ...world, budget } };
}

/** A call nobody waits for. Of equal calls only the youngest counts: it can do what the others can. */
function addCall(provider: Provider, call: LateCall): Provider {
  const others = provider.calls.filter(
    ({ token, config }) => token !== call.token || config !== call.config,
  );
  const calls = [...others, call].sort((a, b) => a.token - b.token || a.config - b.config);
  return { ...provider, calls };
}

/** Late calls take effect, or never do. */
export const land: Move = (world, _setting, emit) => {
  for (const call of world.provider.calls) {
    const calls = world.provider.calls.filter((one) => one !== call);
    const without = { ...world, provider: { ...world.provider, calls } };
    const { next, violation } = launchInstance(without, call);
    emit(`a late call for attempt ${call.attempt} takes effect`, next, violation);
    emit(`a call for attempt ${call.attempt} is lost`, without);
  }
};

interface Launched {
  readonly next: World;
  readonly instance: ProviderInstance;
  readonly violation: string | undefined;
}

/** The same token is the same instance, in whatever state it is by now. */
function launchInstance(world: World, call: Omit<LateCall, 'age'>): Launched {
  const { provider } = world;
  const existing = provider.instances.find(
    (instance) => instance.origin === 'ours' && instance.token === call.token,
  );
  if (existing !== undefined) {
    return { next: world, instance: existing, violation: undefined };
  }
  const instance = newInstance(provider.instances.length, call);
  const instances = [...provider.instances, instance];
  const next = { ...world, provider: { ...provider, instances } };
  return { next, instance, violation: createdViolation(world, call) };
}

function newInstance(
  id: number,
  { attempt, token, config }: Omit<LateCall, 'age'>,
): ProviderInstance {
  return {
    id,
    attempt,
    token,
    config,
    state: 'running',
    age: 0,
    isTagged: true,
    hasExited: false,
    exits: 0,
    origin: 'ours',
  };
}
