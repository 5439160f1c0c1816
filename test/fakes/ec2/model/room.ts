import { Ec2Error } from '../wire/ec2-error.ts';
import { UNLIMITED } from '../settings.ts';
import type { InstanceType, Subnet } from './catalogue.ts';
import { takesRoom } from './instance.ts';
import type { World } from './world.ts';

/** How many instances of this type the zone has room for besides those that run. */
function roomInZone({ settings, instances }: World, type: string, zone: string): number {
  const capacity = settings.capacity[`${type}/${zone}`];
  if (capacity === undefined) {
    return Infinity;
  }
  const taken = instances
    .all()
    .filter((one) => one.zone === zone && one.parameters.instanceType === type && takesRoom(one));
  return Math.max(capacity - taken.length, 0);
}

/** vCPUs that the quota leaves. */
function vcpusLeft({ settings, instances }: World): number {
  if (settings.vcpuQuota >= UNLIMITED) {
    return Infinity;
  }
  let used = 0;
  for (const one of instances.all()) {
    used += takesRoom(one) ? one.type.vcpus : 0;
  }
  return settings.vcpuQuota - used;
}

/** How many of `wanted` fit into quota and zone. Throws what stands in the way when fewer than `least` do. */
export function fitInto(
  world: World,
  { type, zone }: { readonly type: InstanceType; readonly zone: string },
  { least, wanted }: { readonly least: number; readonly wanted: number },
): number {
  const inQuota = Math.floor(vcpusLeft(world) / type.vcpus);
  if (inQuota < least) {
    throw new Ec2Error(
      'VcpuLimitExceeded',
      `You have requested more vCPU capacity than your current vCPU limit of ${world.settings.vcpuQuota} allows for the instance bucket that the specified instance type belongs to.`,
    );
  }
  const inZone = roomInZone(world, type.name, zone);
  if (inZone < least) {
    throw new Ec2Error(
      'InsufficientInstanceCapacity',
      `We currently do not have sufficient ${type.name} capacity in the Availability Zone you requested (${zone}).`,
    );
  }
  return Math.min(wanted, inQuota, inZone);
}

export function isOffered({ settings }: World, type: string, zone: string): boolean {
  return !settings.unsupported.includes(`${type}/${zone}`);
}

/**
 * The subnet of a launch. Without subnet and zone EC2 chooses: a default subnet whose zone offers the type and has room,
 * else any. Throws `Unsupported` where the zone does not offer the type.
 */
export function chooseSubnet(
  world: World,
  {
    type,
    subnet,
    zone,
  }: {
    readonly type: InstanceType;
    readonly subnet: Subnet | undefined;
    readonly zone: string | undefined;
  },
): Subnet {
  const candidates = subnet === undefined ? defaultSubnets(world, zone) : [subnet];
  const offering = candidates.filter((one) => isOffered(world, type.name, one.zone));
  if (offering.length === 0) {
    throw new Ec2Error(
      'Unsupported',
      `Your requested instance type (${type.name}) is not supported in your requested Availability Zone (${subnet?.zone ?? zone ?? 'any'}).`,
    );
  }
  const withRoom = offering.filter((one) => roomInZone(world, type.name, one.zone) > 0);
  return world.random.pick(withRoom.length > 0 ? withRoom : offering);
}

function defaultSubnets({ catalogue }: World, zone: string | undefined): readonly Subnet[] {
  const found = catalogue.subnets.filter(
    (one) => one.isDefault && (zone === undefined || one.zone === zone),
  );
  if (found.length === 0) {
    throw new Ec2Error('MissingInput', 'No default subnet for the requested Availability Zone.');
  }
  return found;
}
