import type { Image, InstanceType, SecurityGroup, Subnet } from '../model/catalogue.ts';
import type { World } from '../model/world.ts';
import { Ec2Error } from '../wire/ec2-error.ts';

/** Everything, or what has one of these ids. Throws `InvalidAMIID.Malformed` or `InvalidAMIID.NotFound`. */
export function getImages({ catalogue }: World, ids: readonly string[]): readonly Image[] {
  const malformed = ids.find((id) => !id.startsWith('ami-'));
  if (malformed !== undefined) {
    throw new Ec2Error(
      'InvalidAMIID.Malformed',
      `Invalid id: "${malformed}" (expecting "ami-...")`,
    );
  }
  return pick(
    catalogue.images,
    ids,
    (unknown) =>
      new Ec2Error('InvalidAMIID.NotFound', `The image id '[${unknown}]' does not exist`),
  );
}

/** Everything, or what has one of these ids. Throws `InvalidSubnetID.NotFound`. */
export function getSubnets({ catalogue }: World, ids: readonly string[]): readonly Subnet[] {
  return pick(
    catalogue.subnets,
    ids,
    (unknown) =>
      new Ec2Error('InvalidSubnetID.NotFound', `The subnet ID '${unknown}' does not exist`),
  );
}

/** Everything, or what has one of these ids. Throws `InvalidGroup.NotFound`. */
export function getSecurityGroups(
  { catalogue }: World,
  ids: readonly string[],
): readonly SecurityGroup[] {
  return pick(
    catalogue.securityGroups,
    ids,
    (unknown) =>
      new Ec2Error('InvalidGroup.NotFound', `The security group '${unknown}' does not exist`),
  );
}

/** Everything, or those of these names. Throws `InvalidInstanceType`. */
export function getInstanceTypes(
  { catalogue }: World,
  names: readonly string[],
): readonly InstanceType[] {
  const types = catalogue.instanceTypes.map((type) => ({ id: type.name, type }));
  const found = pick(
    types,
    names,
    (unknown) =>
      new Ec2Error(
        'InvalidInstanceType',
        `The following supplied instance types do not exist: [${unknown}]`,
      ),
  );
  return found.map(({ type }) => type);
}

/** As pages want them. */
export function sortById<T extends { readonly id: string }>(items: readonly T[]): readonly T[] {
  return items.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function pick<T extends { readonly id: string }>(
  all: readonly T[],
  ids: readonly string[],
  refuse: (unknown: string) => Ec2Error,
): readonly T[] {
  const unknown = ids.filter((id) => !all.some((one) => one.id === id));
  if (unknown.length > 0) {
    throw refuse(unknown.join(', '));
  }
  return ids.length === 0 ? all : all.filter(({ id }) => ids.includes(id));
}
