import type { Image, InstanceType, SecurityGroup, Subnet } from '../model/catalogue.ts';
import { isOffered } from '../model/room.ts';
import { parseFilters, type Filterable } from '../wire/filters.ts';
import { cutPage } from '../wire/pages.ts';
import type { XmlObject } from '../wire/xml.ts';
import { Ec2Error, invalidValue } from '../wire/ec2-error.ts';
import { PAGING, type Action } from './action.ts';
import { getImages, getInstanceTypes, getSecurityGroups, getSubnets } from './look-up.ts';

const IMAGE_FILTERS: Filterable<Image> = {
  'image-id': ({ id }) => [id],
  name: ({ name }) => [name],
  architecture: ({ architecture }) => [architecture],
  'owner-id': ({ ownerId }) => [ownerId],
  'owner-alias': ({ ownerAlias }) => (ownerAlias === undefined ? [] : [ownerAlias]),
  state: () => ['available'],
};

export const describeImages: Action = {
  parameters: ['ImageId', 'Owner', 'ExecutableBy', 'IncludeDeprecated', 'Filter', ...PAGING],
  perform: ({ world, query }) => {
    const owners = query
      .list('Owner')
      .map((owner) => (owner === 'self' ? world.catalogue.accountId : owner));
    const passes = parseFilters(query, IMAGE_FILTERS);
    const images = getImages(world, query.list('ImageId')).filter(
      (image) => passes(image) && isOwned(image, owners),
    );
    const { items, nextToken } = cutPage(query, sortById(images), 'ImageId');
    return { imagesSet: items.map(imageXml), nextToken };
  },
};

function isOwned({ ownerId, ownerAlias = '' }: Image, owners: readonly string[]): boolean {
  return owners.length === 0 || owners.includes(ownerId) || owners.includes(ownerAlias);
}

function imageXml(image: Image): XmlObject {
  return {
    imageId: image.id,
    imageLocation: `${image.ownerAlias ?? image.ownerId}/${image.name}`,
    imageState: 'available',
    imageOwnerId: image.ownerId,
    imageOwnerAlias: image.ownerAlias,
    isPublic: image.ownerAlias !== undefined,
    architecture: image.architecture,
    imageType: 'machine',
    name: image.name,
    creationDate: image.createdAt,
    rootDeviceType: 'ebs',
    rootDeviceName: image.rootDeviceName,
    blockDeviceMapping: [
      {
        deviceName: image.rootDeviceName,
        ebs: { volumeSize: image.rootSizeGiB, deleteOnTermination: true, volumeType: 'gp3' },
      },
    ],
    virtualizationType: 'hvm',
    hypervisor: 'xen',
  };
}

const SUBNET_FILTERS: Filterable<Subnet> = {
  'subnet-id': ({ id }) => [id],
  'vpc-id': ({ vpcId }) => [vpcId],
  'availability-zone': ({ zone }) => [zone],
  'default-for-az': ({ isDefault }) => [String(isDefault)],
  state: () => ['available'],
};

export const describeSubnets: Action = {
  parameters: ['SubnetId', 'Filter', ...PAGING],
  perform: ({ world, query }) => {
    const passes = parseFilters(query, SUBNET_FILTERS);
    const subnets = getSubnets(world, query.list('SubnetId')).filter(passes);
    const { items, nextToken } = cutPage(query, sortById(subnets), 'SubnetId');
    return {
      subnetSet: items.map(({ id, zone, vpcId, isDefault }) => ({
        subnetId: id,
        state: 'available',
        vpcId,
        availabilityZone: zone,
        availableIpAddressCount: 65_000,
        defaultForAz: isDefault,
      })),
      nextToken,
    };
  },
};

const GROUP_FILTERS: Filterable<SecurityGroup> = {
  'group-id': ({ id }) => [id],
  'group-name': ({ name }) => [name],
  'vpc-id': ({ vpcId }) => [vpcId],
};

export const describeSecurityGroups: Action = {
  parameters: ['GroupId', 'GroupName', 'Filter', ...PAGING],
  perform: ({ world, query }) => {
    const passes = parseFilters(query, GROUP_FILTERS);
    const names = query.list('GroupName');
    const groups = getSecurityGroups(world, query.list('GroupId')).filter(
      (group) => passes(group) && (names.length === 0 || names.includes(group.name)),
    );
    const { items, nextToken } = cutPage(query, sortById(groups), 'GroupId');
    return {
      securityGroupInfo: items.map(({ id, name, vpcId }) => ({
        ownerId: world.catalogue.accountId,
        groupId: id,
        groupName: name,
        groupDescription: name,
        vpcId,
      })),
      nextToken,
    };
  },
};

const TYPE_FILTERS: Filterable<InstanceType> = {
  'instance-type': ({ name }) => [name],
  'processor-info.supported-architecture': ({ architecture }) => [architecture],
};

export const describeInstanceTypes: Action = {
  parameters: ['InstanceType', 'Filter', ...PAGING],
  perform: ({ world, query }) => {
    const passes = parseFilters(query, TYPE_FILTERS);
    const types = getInstanceTypes(world, query.list('InstanceType')).filter(passes);
    const sorted = sortById(types.map((type) => ({ ...type, id: type.name })));
    const { items, nextToken } = cutPage(query, sorted, 'InstanceType');
    return { instanceTypeSet: items.map(instanceTypeXml), nextToken };
  },
};

function instanceTypeXml({ name, vcpus, memoryMiB, architecture }: InstanceType): XmlObject {
  return {
    instanceType: name,
    currentGeneration: true,
    processorInfo: { supportedArchitectures: [architecture] },
    vCpuInfo: { defaultVCpus: vcpus, defaultCores: vcpus / 2, defaultThreadsPerCore: 2 },
    memoryInfo: { sizeInMiB: memoryMiB },
    supportedUsageClasses: ['on-demand'],
    supportedRootDeviceTypes: ['ebs'],
    supportedVirtualizationTypes: ['hvm'],
  };
}

interface Offering {
  readonly id: string;
  readonly type: string;
  readonly location: string;
}

const OFFERING_FILTERS: Filterable<Offering> = {
  'instance-type': ({ type }) => [type],
  location: ({ location }) => [location],
};

export const describeInstanceTypeOfferings: Action = {
  parameters: ['LocationType', 'Filter', ...PAGING],
  perform: ({ world, query }) => {
    const locationType = query.text('LocationType') ?? 'region';
    if (locationType !== 'region' && locationType !== 'availability-zone') {
      throw invalidValue('locationType', locationType);
    }
    const { zones, region, instanceTypes } = world.catalogue;
    const inZones = zones.flatMap((zone) =>
      instanceTypes
        .filter(({ name }) => isOffered(world, name, zone))
        .map(({ name }) => ({ type: name, location: zone })),
    );
    const inRegion = [...new Set(inZones.map(({ type }) => type))].map((type) => ({
      type,
      location: region,
    }));
    const offerings = (locationType === 'region' ? inRegion : inZones)
      .map((one) => ({ ...one, id: `${one.type}|${one.location}` }))
      .filter(parseFilters(query, OFFERING_FILTERS));
    const { items, nextToken } = cutPage(query, sortById(offerings));
    return {
      instanceTypeOfferingSet: items.map(({ type, location }) => ({
        instanceType: type,
        locationType,
        location,
      })),
      nextToken,
    };
  },
};

const ZONE_FILTERS: Filterable<string> = {
  'zone-name': (zone) => [zone],
  state: () => ['available'],
};

export const describeAvailabilityZones: Action = {
  parameters: ['ZoneName', 'ZoneId', 'Filter', 'AllAvailabilityZones'],
  perform: ({ world, query }) => {
    const { zones, region } = world.catalogue;
    const names = query.list('ZoneName');
    const unknown = names.find((name) => !zones.includes(name));
    if (unknown !== undefined) {
      throw new Ec2Error('InvalidParameterValue', `Invalid availability zone: [${unknown}]`);
    }
    const passes = parseFilters(query, ZONE_FILTERS);
    return {
      availabilityZoneInfo: zones
        .filter((zone) => passes(zone) && (names.length === 0 || names.includes(zone)))
        .map((zone) => ({
          zoneName: zone,
          zoneState: 'available',
          regionName: region,
          zoneId: `use1-az${zones.indexOf(zone) + 1}`,
          zoneType: 'availability-zone',
        })),
    };
  },
};

function sortById<T extends { readonly id: string }>(items: readonly T[]): readonly T[] {
  return items.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
