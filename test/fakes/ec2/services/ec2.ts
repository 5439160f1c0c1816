import { ACTIONS } from '../actions/actions.ts';
import { endDryRun, type Action } from '../actions/action.ts';
import type { Call } from '../call.ts';
import { takeRequest } from '../model/throttle.ts';
import { openView } from '../model/view.ts';
import type { World } from '../model/world.ts';
import { Ec2Error, missingParameter } from '../wire/ec2-error.ts';
import type { WireAnswer } from '../wire/http-server.ts';
import { own } from '../wire/own.ts';
import type { Query } from '../wire/query.ts';
import { toXml } from '../wire/xml.ts';
import type { CallOrigin } from './call-origin.ts';

const NAMESPACE = 'http://ec2.amazonaws.com/doc/2016-11-15/';
const OF_EVERY_REQUEST = new Set(['Action', 'Version', 'DryRun']);
/** Actions that end a dry run themselves, after they have looked at what the call names. */
const CHANGES = /^(Run|Start|Stop|Terminate|Modify|Create|Delete)|^GetConsoleOutput$/;

/** A request of EC2 in the Query protocol, answered in XML. */
export function ec2Call(world: World, query: Query, origin: CallOrigin): Call {
  const action = query.text('Action') ?? '';
  return {
    ...origin,
    action,
    parameters: shorten(query.flat),
    perform: () => perform(world, query, { action, ...origin }),
    refuse: (error) => errorDocument(error, origin.requestId),
  };
}

function perform(
  world: World,
  query: Query,
  { action, caller, requestId }: { action: string; caller: string; requestId: string },
): WireAnswer {
  const known = findAction(action, query);
  takeRequest(world, action, isNarrowed(query));
  if (world.settings.deniedActions.includes(action)) {
    throw new Ec2Error(
      'UnauthorizedOperation',
      'You are not authorized to perform this operation.',
    );
  }
  checkParameters(known, query);
  if (!CHANGES.test(action)) {
    endDryRun(query);
  }
  const members = known.perform({ world, query, view: openView(world), caller });
  return xmlAnswer(200, toXml(`${action}Response`, { requestId, ...members }, NAMESPACE));
}

function findAction(action: string, query: Query): Action {
  if (action === '') {
    throw missingParameter('Action');
  }
  const known = own(ACTIONS, action);
  if (known === undefined) {
    const version = query.text('Version') ?? '';
    throw new Ec2Error(
      'InvalidAction',
      `The action ${action} is not valid for this web service. (version ${version})`,
    );
  }
  return known;
}

function isNarrowed(query: Query): boolean {
  const isPaged = query.text('MaxResults') !== undefined || query.text('NextToken') !== undefined;
  return isPaged || query.groups('Filter').length > 0;
}

function checkParameters({ parameters }: Action, query: Query): void {
  const unknown = query
    .names()
    .find((name) => !OF_EVERY_REQUEST.has(name) && !parameters.includes(name));
  if (unknown !== undefined) {
    throw new Ec2Error(
      'UnknownParameter',
      `The parameter ${unknown} is not recognized (or not modelled by this fake)`,
    );
  }
}

function errorDocument({ code, message, status }: Ec2Error, requestId: string): WireAnswer {
  const errors = toXml('Errors', { Error: { Code: code, Message: message } });
  const id = toXml('RequestID', requestId);
  return xmlAnswer(status, `<Response>${errors}${id}</Response>`);
}

function xmlAnswer(status: number, document: string): WireAnswer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n${document}`;
  return { status, contentType: 'text/xml;charset=UTF-8', body };
}

function shorten({ UserData: userData, ...parameters }: Readonly<Record<string, string>>) {
  return userData === undefined
    ? parameters
    : { ...parameters, UserData: `(${userData.length} characters)` };
}
