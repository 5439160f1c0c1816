import type { Call } from '../call.ts';
import type { World } from '../model/world.ts';
import type { WireRequest } from '../wire/http-server.ts';
import { Query } from '../wire/query.ts';
import type { CallOrigin } from './call-origin.ts';
import { ec2Call } from './ec2.ts';
import { callerOf, signingTimeOf } from './signature.ts';
import { isSsm, ssmCall } from './ssm.ts';
import { isSts, stsCall } from './sts.ts';

/** Finds out which service a request is for. */
export function route(world: World, request: WireRequest, requestId: string): Call {
  const origin: CallOrigin = {
    caller: callerOf(request),
    requestId,
    signedAt: world.settings.signingTime ? signingTimeOf(request) : undefined,
  };
  const target = request.headers['x-amz-target'] ?? '';
  if (isSsm(target)) {
    return ssmCall(world, { target, body: request.body }, origin);
  }
  const query = Query.parse(request.body);
  return isSts(query) ? stsCall(world, query, origin) : ec2Call(world, query, origin);
}
