import type { Ec2Instance } from '../model/instance.ts';
import { getInstances, tagsIn, visibleInstances } from '../model/view.ts';
import { parseFilters, type Filterable } from '../wire/filters.ts';
import { parsePaging, type Page } from '../wire/pages.ts';
import { PAGING, type Action, type ActionCall } from './action.ts';
import { reservationsXml, stateXml } from './instance-xml.ts';

const FILTERS: Filterable<Ec2Instance> = {
  'instance-id': ({ id }) => [id],
  'instance-state-name': ({ state }) => [state],
  'client-token': ({ token }) => [token],
  'instance-type': ({ parameters }) => [parameters.instanceType],
  'availability-zone': ({ zone }) => [zone],
  'subnet-id': ({ subnetId }) => [subnetId],
  'image-id': ({ parameters }) => [parameters.imageId],
  'reservation-id': ({ reservationId }) => [reservationId],
  'private-ip-address': ({ privateIp }) => [privateIp],
};

export const describeInstances: Action = {
  parameters: ['InstanceId', 'Filter', ...PAGING],
  perform: (call) => {
    const { items, nextToken } = findInstances(call, () => true);
    return { reservationSet: reservationsXml(call.world, call.view, items), nextToken };
  },
};

/** Shows what runs, unless it is asked for all. */
export const describeInstanceStatus: Action = {
  parameters: ['InstanceId', 'Filter', 'IncludeAllInstances', ...PAGING],
  perform: (call) => {
    const isAll = call.query.flag('IncludeAllInstances') ?? false;
    const { items, nextToken } = findInstances(call, ({ state }) => isAll || state === 'running');
    return { instanceStatusSet: items.map(statusXml), nextToken };
  },
};

function findInstances(
  { world, query, view }: ActionCall,
  isMeant: (instance: Ec2Instance) => boolean,
): Page<Ec2Instance> {
  const cut = parsePaging(query, 'InstanceId');
  const ids = query.list('InstanceId');
  const passes = parseFilters(query, FILTERS, (one: Ec2Instance) => tagsIn(view, one));
  const all = ids.length > 0 ? getInstances(world, view, ids) : visibleInstances(world, view);
  return cut(all.filter((one) => isMeant(one) && passes(one)));
}

function statusXml({ id, zone, state }: Ec2Instance) {
  const status = state === 'running' ? 'ok' : 'not-applicable';
  const details = state === 'running' ? [{ name: 'reachability', status: 'passed' }] : [];
  return {
    instanceId: id,
    availabilityZone: zone,
    instanceState: stateXml(state),
    systemStatus: { status, details },
    instanceStatus: { status, details },
  };
}
