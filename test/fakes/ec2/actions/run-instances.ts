import { launch } from '../model/launch.ts';
import { hashOf } from '../../../../lib/hash.ts';
import { Ec2Error, invalidValue } from '../wire/ec2-error.ts';
import type { Query } from '../wire/query.ts';
import { endDryRun, type Action } from './action.ts';
import { parseLaunch } from './launch-parameters.ts';
import { reservationXml } from './instance-xml.ts';

/** API Reference, "RunInstances". */
const LONGEST_TOKEN = 64;

export const runInstances: Action = {
  parameters: [
    'ImageId',
    'InstanceType',
    'MinCount',
    'MaxCount',
    'ClientToken',
    'SubnetId',
    'Placement',
    'SecurityGroupId',
    'NetworkInterface',
    'KeyName',
    'IamInstanceProfile',
    'UserData',
    'MetadataOptions',
    'BlockDeviceMapping',
    'TagSpecification',
    'DisableApiTermination',
    'InstanceInitiatedShutdownBehavior',
    'Monitoring',
    'EbsOptimized',
  ],
  perform: ({ world, query, view, caller }) => {
    const counts = parseCounts(query);
    const token = parseToken(query);
    const { parameters, type, subnet } = parseLaunch(world, query);
    endDryRun(query);
    const instances = launch(world, {
      parameters,
      type,
      subnet,
      ...counts,
      token,
      fingerprint: fingerprintOf(query),
      caller,
    });
    const [first] = instances;
    const fresh = { ...view, tagsAsOf: world.timeline.now() };
    return reservationXml(world, fresh, { id: first?.reservationId ?? '', members: instances });
  },
};

function parseCounts(query: Query): { readonly minCount: number; readonly maxCount: number } {
  query.required('MinCount');
  query.required('MaxCount');
  const minCount = query.integer('MinCount') ?? 0;
  const maxCount = query.integer('MaxCount') ?? 0;
  if (minCount < 1) {
    throw invalidValue('minCount', String(minCount));
  }
  if (maxCount < minCount) {
    throw new Ec2Error(
      'InvalidParameterValue',
      `Value (${minCount}) for parameter minCount is invalid: greater than maxCount (${maxCount}).`,
    );
  }
  return { minCount, maxCount };
}

function parseToken(query: Query): string {
  const token = query.text('ClientToken') ?? '';
  if (token.length > LONGEST_TOKEN || !/^[\x00-\x7f]*$/.test(token)) {
    throw invalidValue('clientToken', token);
  }
  return token;
}

/** Everything that was asked for, the token aside. */
function fingerprintOf(query: Query): string {
  return hashOf({ ...query.flat, ClientToken: undefined });
}
