import type { Call } from '../call.ts';
import type { World } from '../model/world.ts';
import { Ec2Error } from '../wire/ec2-error.ts';
import { own } from '../wire/own.ts';
import type { WireAnswer } from '../wire/http-server.ts';
import type { CallOrigin } from './call-origin.ts';

const PREFIX = 'AmazonSSM.';

export function isSsm(target: string): boolean {
  return target.startsWith(PREFIX);
}

/** A request of Systems Manager in the JSON protocol: `GetParameter`, for ids of images. */
export function ssmCall(
  world: World,
  { target, body }: { readonly target: string; readonly body: string },
  origin: CallOrigin,
): Call {
  const action = target.slice(PREFIX.length);
  const parameters = parseBody(body);
  return {
    ...origin,
    action,
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [name, String(value)]),
    ),
    perform: () => perform(world, action, parameters['Name']),
    refuse: ({ code, message, status }) => jsonAnswer(status, { __type: code, message }),
  };
}

/** {} for what is no object: then the parameters are missing. */
function parseBody(body: string): Readonly<Record<string, unknown>> {
  try {
    return { ...(JSON.parse(body) as object) };
  } catch {
    return {};
  }
}

function perform(world: World, action: string, name: unknown): WireAnswer {
  if (action !== 'GetParameter' || typeof name !== 'string') {
    throw new Ec2Error('ValidationException', `${action} is not known here, or has no Name`);
  }
  if (world.settings.deniedActions.includes(action)) {
    throw new Ec2Error(
      'AccessDeniedException',
      'You are not authorized to perform this operation.',
    );
  }
  const value = own(world.catalogue.ssmParameters, name);
  if (value === undefined) {
    throw new Ec2Error('ParameterNotFound', `${name} was not found`);
  }
  const { region } = world.catalogue;
  return jsonAnswer(200, {
    Parameter: {
      Name: name,
      Type: 'String',
      Value: value,
      Version: 1,
      LastModifiedDate: Math.floor(world.timeline.now() / 1000),
      ARN: `arn:aws:ssm:${region}::parameter${name}`,
      DataType: 'text',
    },
  });
}

function jsonAnswer(status: number, body: object): WireAnswer {
  return { status, contentType: 'application/x-amz-json-1.1', body: JSON.stringify(body) };
}
