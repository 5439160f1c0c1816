import { DEFAULT_CATALOGUE } from '../../fakes/ec2/model/catalogue.ts';
import type { RecordedCall } from '../../fakes/ec2/recorder.ts';
import type { Authorization } from './policy.ts';

const { region, accountId } = DEFAULT_CATALOGUE;

/** What is on the resources that a call names, by id. */
export interface Account {
  readonly tagsOf: (id: string) => Readonly<Record<string, string>>;
  /** The role of every instance profile. */
  readonly role: string;
}

type Parameters = RecordedCall['parameters'];

export function arn(kind: string, id: string): string {
  return `arn:aws:ec2:${region}:${kind === 'image' ? '' : accountId}:${kind}/${id}`;
}

/** What AWS asks the policies for when it gets this call (Service Authorization Reference, "Amazon EC2"). */
export function authorizationsOf(
  { action, parameters }: Pick<RecordedCall, 'action' | 'parameters'>,
  account: Account,
): readonly Authorization[] {
  if (action === 'RunInstances') {
    return [...launch(parameters), ...tagging(parameters), ...passRole(parameters, account)];
  }
  if (action === 'GetParameter') {
    return [{ action: 'ssm:GetParameter', resource: parameterArn(parameters), context: {} }];
  }
  const named = [...instanceIds(parameters), ...valuesOf(parameters, /^VolumeId$/)];
  return action.startsWith('Describe')
    ? [authorize(action, '*', {})]
    : named.map((id) => authorize(action, arnOf(id), resourceTags(account.tagsOf(id))));
}

function launch(parameters: Parameters): readonly Authorization[] {
  const existing = [
    ...valuesOf(parameters, /^ImageId$/).map((id) => arn('image', id)),
    ...valuesOf(parameters, /^SubnetId$/).map((id) => arn('subnet', id)),
    ...valuesOf(parameters, /^SecurityGroupId\.\d+$/).map((id) => arn('security-group', id)),
    ...valuesOf(parameters, /^KeyName$/).map((id) => arn('key-pair', id)),
    arn('network-interface', '*'),
  ];
  return [
    ...existing.map((resource) => authorize('RunInstances', resource, {})),
    ...['instance', 'volume'].map((kind) =>
      authorize('RunInstances', arn(kind, '*'), requestTags(tagsFor(kind, parameters))),
    ),
  ];
}

/** Tags in a launch need the right to create tags as well. */
function tagging(parameters: Parameters): readonly Authorization[] {
  return valuesOf(parameters, /^TagSpecification\.\d+\.ResourceType$/).map((kind) =>
    authorize('CreateTags', arn(kind, '*'), {
      ...requestTags(tagsFor(kind, parameters)),
      'ec2:CreateAction': 'RunInstances',
    }),
  );
}

function passRole(parameters: Parameters, { role }: Account): readonly Authorization[] {
  return valuesOf(parameters, /^IamInstanceProfile\.Name$/).map(() => ({
    action: 'iam:PassRole',
    resource: `arn:aws:iam::${accountId}:role/${role}`,
    context: { 'iam:PassedToService': 'ec2.amazonaws.com' },
  }));
}

export function authorize(
  action: string,
  resource: string,
  context: Authorization['context'],
): Authorization {
  return {
    action: `ec2:${action}`,
    resource,
    context: { 'aws:RequestedRegion': region, ...context },
  };
}

export function requestTags(tags: Readonly<Record<string, string>>): Authorization['context'] {
  return { ...prefixed('aws:RequestTag/', tags), 'aws:TagKeys': Object.keys(tags) };
}

export function resourceTags(tags: Readonly<Record<string, string>>): Authorization['context'] {
  return prefixed('aws:ResourceTag/', tags);
}

function prefixed(prefix: string, tags: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [prefix + key, value]));
}

/** The tags that a launch gives to one kind of resource. */
function tagsFor(kind: string, parameters: Parameters): Readonly<Record<string, string>> {
  const [specification] = Object.entries(parameters)
    .filter(([name, value]) => name.endsWith('.ResourceType') && value === kind)
    .map(([name]) => name.replace(/\.ResourceType$/, ''));
  const keys = Object.entries(parameters).filter(
    ([name]) => name.startsWith(`${String(specification)}.Tag.`) && name.endsWith('.Key'),
  );
  return Object.fromEntries(
    keys.map(([name, key]) => [key, parameters[name.replace(/\.Key$/, '.Value')] ?? '']),
  );
}

function instanceIds(parameters: Parameters): readonly string[] {
  return valuesOf(parameters, /^InstanceId(\.\d+)?$/);
}

function arnOf(id: string): string {
  return arn(id.startsWith('vol-') ? 'volume' : 'instance', id);
}

function parameterArn({ Name = '' }: Parameters): string {
  const account = Name.startsWith('/aws/') ? '' : accountId;
  return `arn:aws:ssm:${region}:${account}:parameter/${Name.replace(/^\//, '')}`;
}

function valuesOf(parameters: Parameters, name: RegExp): readonly string[] {
  return Object.entries(parameters)
    .filter(([key]) => name.test(key))
    .map(([, value]) => value);
}
