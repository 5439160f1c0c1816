import type { Call } from '../call.ts';
import type { World } from '../model/world.ts';
import type { WireAnswer } from '../wire/http-server.ts';
import type { Query } from '../wire/query.ts';
import { toXml } from '../wire/xml.ts';
import type { CallOrigin } from './call-origin.ts';

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

export function isSts(query: Query): boolean {
  return query.text('Action') === 'GetCallerIdentity';
}

/** The one request of the Security Token Service that tools make to see whether their credentials work. */
export function stsCall({ catalogue }: World, query: Query, origin: CallOrigin): Call {
  const { accountId } = catalogue;
  const identity = {
    Arn: `arn:aws:iam::${accountId}:user/${origin.caller}`,
    UserId: origin.caller,
    Account: accountId,
  };
  const metadata = { RequestId: origin.requestId };
  return {
    ...origin,
    action: 'GetCallerIdentity',
    parameters: query.flat,
    perform: () =>
      document(200, 'GetCallerIdentityResponse', {
        GetCallerIdentityResult: identity,
        ResponseMetadata: metadata,
      }),
    refuse: ({ code, message, status }) =>
      document(status, 'ErrorResponse', {
        Error: { Type: 'Sender', Code: code, Message: message },
        ...metadata,
      }),
  };
}

function document(status: number, name: string, members: Parameters<typeof toXml>[1]): WireAnswer {
  return { status, contentType: 'text/xml', body: toXml(name, members, NAMESPACE) };
}
