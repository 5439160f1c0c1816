import { start, stop, terminate, type ChangeCall } from '../model/change-state.ts';
import { getInstances } from '../model/view.ts';
import { endDryRun, type Action, type ActionCall } from './action.ts';
import { stateChangesXml } from './instance-xml.ts';
import { Ec2Error } from '../wire/ec2-error.ts';

/** API Reference, "TerminateInstances": at most 1,000 a request. */
const MOST_IDS = 1000;

export const startInstances: Action = {
  parameters: ['InstanceId'],
  perform: (call) => stateChangesXml(start(call.world, named(call))),
};

export const stopInstances: Action = {
  parameters: ['InstanceId', 'Force', 'Hibernate'],
  perform: (call) =>
    stateChangesXml(stop(call.world, named(call), call.query.flag('Force') ?? false)),
};

export const terminateInstances: Action = {
  parameters: ['InstanceId'],
  perform: (call) => stateChangesXml(terminate(call.world, named(call))),
};

/** Who asks for which instances, or an error for all of them. */
function named({ world, query, view, caller }: ActionCall): ChangeCall {
  const ids = [...new Set(query.requiredList('InstanceId'))];
  if (ids.length > MOST_IDS) {
    throw new Ec2Error('InvalidParameterValue', `More than ${MOST_IDS} instances in one request.`);
  }
  const instances = getInstances(world, view, ids);
  endDryRun(query);
  return { instances, by: caller };
}
