import { insertActivity } from '../../store/activity.ts';
import { findSealedInboundSecret } from '../../store/agent-credentials.ts';
import { inTransaction, type Transaction } from '../../store/db.ts';
import { lockExternalAttempt, storeConnection } from '../../store/external-agents.ts';
import type { AttemptKey } from '../../store/launches.ts';
import type { StoredWorkspace } from '../../store/stored-workspace.ts';
import { connectionSchema, type Connection } from '../contract-requests.ts';
import type { MintedToken, ServerOptions } from '../options.ts';
import { Problem } from '../problem.ts';
import {
  nameParameter,
  namespaceParameter,
  pathParameters,
  type ApiServer,
} from '../route-schema.ts';
import { getLivingWorkspace } from './get-workspace.ts';

/** Seconds within which a controller has looked at what was just declared. */
const RETRY_AFTER_SECONDS = 1;

/** What an agent that runs elsewhere needs to be heard, shown in this answer and never again (docs/adr/0006). */
export function registerConnect(server: ApiServer, { db, connecting, log }: ServerOptions): void {
  server.post(
    '/api/v1/namespaces/:ns/workspaces/:name/connect',
    {
      schema: {
        tags: ['workspaces'],
        operationId: 'connectAgent',
        summary:
          'Make a token for an agent that runs elsewhere. It is shown this once; older ones stay good until it is used',
        params: pathParameters({ ...namespaceParameter, ...nameParameter }),
        response: { 201: connectionSchema },
      },
    },
    async ({ params, operator }, reply) => {
      if (connecting === undefined) {
        throw new Problem(501, 'ConnectNotSupported', 'this server cannot connect agents');
      }
      const { mint, platformUrl } = connecting;
      const { uid, token } = await inTransaction(db, async (tx) => {
        const workspace = await getLivingWorkspace(tx, params);
        const key = await lockAttempt(tx, workspace);
        const minted = mint(key, await findSealedInboundSecret(tx, key));
        const { tokenHash, sealedInboundSecret } = minted;
        await storeConnection(tx, { ...key, tokenHash, sealedInboundSecret });
        await tell(tx, workspace, { operator, attempt: key.attempt });
        return { uid: workspace.uid, token: minted };
      });
      log.info({ workspace: `${params.ns}/${params.name}`, operator }, 'connected agent');
      return await reply.status(201).send(toConnection(uid, token, platformUrl()));
    },
  );
}

/** Throws a `Problem`: 409 when no agent can connect to it, 503 while no controller has looked at it. */
async function lockAttempt(tx: Transaction, workspace: StoredWorkspace): Promise<AttemptKey> {
  const what = `Workspace ${workspace.namespace}/${workspace.name}`;
  if (workspace.spec.external === undefined) {
    throw new Problem(409, 'NotExternal', `${what} is not external: a class runs its agent`);
  }
  const key = await lockExternalAttempt(tx, workspace.uid);
  if (key !== undefined) {
    return key;
  }
  const accepted = workspace.status?.conditions.find(({ type }) => type === 'Accepted');
  if (accepted?.status === 'False') {
    throw new Problem(409, 'NotAccepted', `${what} is not accepted: ${accepted.message}`);
  }
  throw new Problem(
    503,
    'AwaitingController',
    `${what} has not been prepared by a controller yet`,
    {
      headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
      isFault: false,
    },
  );
}

/** Who asked and for which attempt; nothing of the token. */
async function tell(
  tx: Transaction,
  { uid, namespace, name }: StoredWorkspace,
  { operator, attempt }: { readonly operator: string; readonly attempt: number },
): Promise<void> {
  const entry = {
    ...{ workspaceUid: uid, namespace, name },
    ...{ action: 'Connected', reason: 'Requested' },
    message: `made a token for an agent that runs elsewhere, asked for by ${operator}`,
    data: { attempt, operator },
  };
  await insertActivity(tx, [entry]);
}

function toConnection(
  uid: string,
  { token, inboundSecret }: MintedToken,
  platformUrl: string,
): Connection {
  const url = platformUrl.replace(/\/$/, '');
  return {
    workspace_id: uid,
    platform_url: url,
    auth_token: token,
    inbound_secret: inboundSecret,
    register_endpoint: `${url}/registry/register`,
    heartbeat_endpoint: `${url}/registry/heartbeat`,
    bundle_endpoint: `${url}/agents/v1/bundle`,
  };
}
