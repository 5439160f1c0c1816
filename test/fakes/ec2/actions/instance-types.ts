import type { InstanceType } from '../model/catalogue.ts';
import { isOffered } from '../model/room.ts';
import type { World } from '../model/world.ts';
import { invalidValue } from '../wire/ec2-error.ts';
import { parseFilters, type Filterable } from '../wire/filters.ts';
import { cutPage } from '../wire/pages.ts';
import type { XmlObject } from '../wire/xml.ts';
import { PAGING, type Action } from './action.ts';
import { getInstanceTypes, sortById } from './look-up.ts';

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
    const offerings = listOfferings(world, locationType).filter(
      parseFilters(query, OFFERING_FILTERS),
    );
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

/** A Region offers what one of its zones does. */
function listOfferings(
  world: World,
  locationType: 'region' | 'availability-zone',
): readonly Offering[] {
  const { zones, region, instanceTypes } = world.catalogue;
  const inZones = zones.flatMap((zone) =>
    instanceTypes
      .filter(({ name }) => isOffered(world, name, zone))
      .map(({ name }) => toOffering(name, zone)),
  );
  const types = new Set(inZones.map(({ type }) => type));
  return locationType === 'region' ? [...types].map((type) => toOffering(type, region)) : inZones;
}

function toOffering(type: string, location: string): Offering {
  return { id: `${type}|${location}`, type, location };
}
