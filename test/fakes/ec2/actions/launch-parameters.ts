import type { Image, InstanceType, Subnet } from '../model/catalogue.ts';
import type { LaunchParameters, MetadataOptions, Tags } from '../model/instance.ts';
import { checkTags } from '../model/tagging.ts';
import type { World } from '../model/world.ts';
import { Ec2Error, invalidValue, missingParameter } from '../wire/ec2-error.ts';
import type { Query } from '../wire/query.ts';
import { parseBlockDevices } from './block-devices.ts';
import { getImages, getSecurityGroups, getSubnets } from './look-up.ts';

/** EC2 user guide, "Instance user data": 16 KB before it is encoded. */
const LARGEST_USER_DATA = 16_384;

export interface ParsedLaunch {
  readonly parameters: LaunchParameters;
  readonly type: InstanceType;
  readonly subnet: Subnet | undefined;
}

/** Reads and checks what a launch asks for, counts and token aside. Throws the errors of its configuration. */
export function parseLaunch(world: World, query: Query): ParsedLaunch {
  const image = parseImage(world, query);
  const type = parseType(world, query, image);
  const [networkInterface] = query.groups('NetworkInterface');
  const subnet = parseSubnet(world, query, networkInterface);
  const parameters = {
    imageId: image.id,
    instanceType: type.name,
    subnetId: subnet?.id,
    zone: parseZone(world, query, subnet),
    securityGroupIds: parseGroups(world, query, networkInterface),
    keyName: parseKey(world, query),
    instanceProfile: parseProfile(world, query),
    userData: parseUserData(query),
    metadataOptions: parseMetadataOptions(query),
    blockDevices: parseBlockDevices(query, image),
    instanceTags: parseTags(query, 'instance'),
    volumeTags: parseTags(query, 'volume'),
    isProtected: query.flag('DisableApiTermination') ?? false,
  };
  return { parameters, type, subnet };
}

function parseImage(world: World, query: Query): Image {
  const [image] = getImages(world, [query.required('ImageId')]);
  if (image === undefined) {
    throw missingParameter('ImageId');
  }
  return image;
}

function parseType({ catalogue }: World, query: Query, image: Image): InstanceType {
  const name = query.text('InstanceType') ?? 'm1.small';
  const type = catalogue.instanceTypes.find((one) => one.name === name);
  if (type === undefined) {
    throw invalidValue('InstanceType', name);
  }
  if (type.architecture !== image.architecture) {
    throw new Ec2Error(
      'InvalidParameterValue',
      `The architecture '${type.architecture}' of the specified instance type does not match the architecture '${image.architecture}' of the specified AMI.`,
    );
  }
  return type;
}

function parseSubnet(
  world: World,
  query: Query,
  networkInterface: Query | undefined,
): Subnet | undefined {
  if (networkInterface !== undefined && query.text('SubnetId') !== undefined) {
    throw new Ec2Error(
      'InvalidParameterCombination',
      'Network interfaces and an instance-level subnet ID may not be specified on the same request',
    );
  }
  const id = networkInterface?.text('SubnetId') ?? query.text('SubnetId');
  return id === undefined ? undefined : getSubnets(world, [id])[0];
}

function parseZone(
  { catalogue }: World,
  query: Query,
  subnet: Subnet | undefined,
): string | undefined {
  const zone = query.text('Placement.AvailabilityZone');
  if (zone !== undefined && !catalogue.zones.includes(zone)) {
    throw new Ec2Error('InvalidParameterValue', `Invalid availability zone: [${zone}]`);
  }
  if (zone !== undefined && subnet !== undefined && subnet.zone !== zone) {
    throw new Ec2Error(
      'InvalidParameterValue',
      `The subnet ${subnet.id} is not in the availability zone ${zone}.`,
    );
  }
  return zone;
}

function parseGroups(
  world: World,
  query: Query,
  networkInterface: Query | undefined,
): readonly string[] {
  const ofInterface = networkInterface?.list('SecurityGroupId') ?? [];
  const given = [...query.list('SecurityGroupId'), ...ofInterface];
  const ids = given.length > 0 ? given : defaultGroups(world);
  return getSecurityGroups(world, ids).map(({ id }) => id);
}

function defaultGroups({ catalogue }: World): readonly string[] {
  return catalogue.securityGroups.filter(({ name }) => name === 'default').map(({ id }) => id);
}

function parseKey({ catalogue }: World, query: Query): string | undefined {
  const name = query.text('KeyName');
  if (name !== undefined && catalogue.keyNames?.includes(name) === false) {
    throw new Ec2Error('InvalidKeyPair.NotFound', `The key pair '${name}' does not exist`);
  }
  return name;
}

function parseProfile({ catalogue }: World, query: Query): string | undefined {
  const profile = query.text('IamInstanceProfile.Arn') ?? query.text('IamInstanceProfile.Name');
  const name = profile?.split('/').at(-1);
  if (name !== undefined && catalogue.instanceProfiles?.includes(name) === false) {
    throw new Ec2Error(
      'InvalidParameterValue',
      `Value (${name}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name`,
    );
  }
  return profile;
}

function parseUserData(query: Query): string {
  const userData = query.text('UserData') ?? '';
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(userData)) {
    throw new Ec2Error('InvalidUserData.Malformed', 'Invalid BASE64 encoding of user data.');
  }
  if (Buffer.byteLength(userData, 'base64') > LARGEST_USER_DATA) {
    throw new Ec2Error('InvalidParameterValue', 'User data is limited to 16384 bytes');
  }
  return userData;
}

function parseMetadataOptions(query: Query): MetadataOptions {
  const group = query.group('MetadataOptions');
  return {
    httpTokens: group.text('HttpTokens') ?? 'optional',
    httpPutResponseHopLimit: group.integer('HttpPutResponseHopLimit') ?? 1,
    httpEndpoint: group.text('HttpEndpoint') ?? 'enabled',
  };
}

function parseTags(query: Query, resourceType: string): Tags {
  const groups = query.groups('TagSpecification');
  const other = groups.find(
    (group) =>
      !['instance', 'volume', 'network-interface'].includes(group.required('ResourceType')),
  );
  if (other !== undefined) {
    throw new Ec2Error(
      'InvalidParameterValue',
      `'${other.required('ResourceType')}' is not a valid taggable resource type for this operation.`,
    );
  }
  const tags = groups
    .filter((group) => group.text('ResourceType') === resourceType)
    .flatMap((group) => group.groups('Tag'))
    .map((tag) => [tag.required('Key'), tag.text('Value') ?? ''] as const);
  const parsed = Object.fromEntries(tags);
  if (Object.keys(parsed).length < tags.length) {
    throw new Ec2Error('InvalidParameterValue', 'Duplicate tag key specified.');
  }
  checkTags(parsed);
  return parsed;
}
