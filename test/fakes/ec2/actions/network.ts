import type { SecurityGroup, Subnet } from '../model/catalogue.ts';
import { Ec2Error } from '../wire/ec2-error.ts';
import { parseFilters, type Filterable } from '../wire/filters.ts';
import { cutPage } from '../wire/pages.ts';
import { PAGING, type Action } from './action.ts';
import { getSecurityGroups, getSubnets, sortById } from './look-up.ts';

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
