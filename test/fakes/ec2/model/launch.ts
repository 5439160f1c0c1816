import { Ec2Error } from '../wire/ec2-error.ts';
import type { InstanceType, Subnet } from './catalogue.ts';
import { tokenScope } from './client-tokens.ts';
import { isLive, type Ec2Instance, type LaunchParameters } from './instance.ts';
import { Lagging } from './lagging.ts';
import { chooseSubnet, fitInto } from './room.ts';
import { takeResources } from './throttle.ts';
import { pass } from './transitions.ts';
import { attachVolumes } from './volumes.ts';
import { createId, type World } from './world.ts';

export interface LaunchCall {
  readonly parameters: LaunchParameters;
  readonly type: InstanceType;
  /** The one that was named, directly or by a network interface. */
  readonly subnet: Subnet | undefined;
  readonly minCount: number;
  readonly maxCount: number;
  /** '' for none. */
  readonly token: string;
  /** Equal for calls whose parameters are equal, the token aside. */
  readonly fingerprint: string;
  readonly caller: string;
}

/**
 * Launches, or answers what an earlier call with this token launched. Throws `IdempotentParameterMismatch`,
 * `IdempotentInstanceTerminated`, `RequestLimitExceeded` (resource bucket), `Unsupported`, `VcpuLimitExceeded`,
 * `InsufficientInstanceCapacity`; after each of these nothing was launched and the token is still unused.
 */
export function launch(world: World, call: LaunchCall): readonly Ec2Instance[] {
  const scope = scopeOf(call);
  const known = scope === undefined ? undefined : findLaunch(world, scope, call.fingerprint);
  if (known !== undefined) {
    return known;
  }
  const subnet = chooseSubnet(world, { ...call, zone: call.parameters.zone });
  const count = fitInto(
    world,
    { type: call.type, zone: subnet.zone },
    { least: call.minCount, wanted: call.maxCount },
  );
  takeResources(world, 'RunInstances', count);
  const instances = create(world, call, { subnet, count });
  if (scope !== undefined) {
    world.tokens.remember(scope, { fingerprint: call.fingerprint, instances });
  }
  return instances;
}

function scopeOf({ token, subnet, parameters }: LaunchCall): string | undefined {
  return token === '' ? undefined : tokenScope(token, subnet?.zone ?? parameters.zone);
}

function findLaunch(
  { tokens }: World,
  scope: string,
  fingerprint: string,
): readonly Ec2Instance[] | undefined {
  const use = tokens.find(scope);
  if (use === undefined) {
    return undefined;
  }
  if (use.fingerprint !== fingerprint) {
    throw new Ec2Error(
      'IdempotentParameterMismatch',
      'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
    );
  }
  if (!use.instances.some(isLive)) {
    throw new Ec2Error(
      'IdempotentInstanceTerminated',
      'The client token was used for an instance that has been terminated.',
    );
  }
  return use.instances;
}

function create(
  world: World,
  call: LaunchCall,
  { subnet, count }: { readonly subnet: Subnet; readonly count: number },
): readonly Ec2Instance[] {
  const reservationId = createId(world, 'r');
  return Array.from({ length: count }, (_, launchIndex) => {
    const instance = createInstance(world, call, { subnet, reservationId, launchIndex });
    attachVolumes(world, instance);
    world.instances.add(instance);
    world.history.addLaunch(instance);
    pass(world, instance, 'pending');
    return instance;
  });
}

function createInstance(
  world: World,
  call: LaunchCall,
  place: { readonly subnet: Subnet; readonly reservationId: string; readonly launchIndex: number },
): Ec2Instance {
  const now = world.timeline.now();
  const { parameters, token, caller } = call;
  return {
    id: createId(world, 'i'),
    sequence: world.history.entries.length,
    reservationId: place.reservationId,
    launchIndex: place.launchIndex,
    token,
    tokenScope: scopeOf(call),
    launchedBy: caller,
    launchedAt: now,
    parameters,
    type: call.type,
    zone: place.subnet.zone,
    subnetId: place.subnet.id,
    privateIp: `10.0.${world.random.below(256)}.${world.random.below(250) + 4}`,
    tags: new Lagging(parameters.instanceTags, now, {}),
    volumes: [],
    state: 'pending',
    launchTime: now,
    isProtected: parameters.isProtected,
    reason: '',
    stateReason: undefined,
    consoleOutput: '',
    revision: 0,
    changes: 0,
  };
}
