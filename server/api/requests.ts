import { inTransaction } from '../../store/db.ts';
import { setRequest } from '../../store/edit-workspace.ts';
import type { WorkspaceRequests } from '../../store/workspace-facts.ts';
import { requestAnswerSchema } from '../contract.ts';
import type { ServerOptions } from '../options.ts';
import {
  nameParameter,
  namespaceParameter,
  pathParameters,
  type ApiServer,
} from '../route-schema.ts';
import { getLivingWorkspace } from './get-workspace.ts';

interface WorkspaceRequest {
  readonly verb: string;
  readonly summary: string;
  readonly column: keyof WorkspaceRequests;
}

const REQUESTS: readonly WorkspaceRequest[] = [
  {
    verb: 'restart',
    summary: 'Stop and start the agent once, whoever owns the workspace',
    column: 'restartRequestedAt',
  },
  {
    verb: 'reconcile',
    summary: 'Look at it at once and forget its failures, whoever owns the workspace',
    column: 'reconcileRequestedAt',
  },
];

/** Wishes that are not spec: stored as a value, acted on once. */
export function registerRequests(server: ApiServer, options: ServerOptions): void {
  for (const request of REQUESTS) {
    registerRequest(server, options, request);
  }
}

function registerRequest(
  server: ApiServer,
  { db, clock }: ServerOptions,
  { verb, summary, column }: WorkspaceRequest,
): void {
  server.post(
    `/api/v1/namespaces/:ns/workspaces/:name/${verb}`,
    {
      schema: {
        tags: ['workspaces'],
        operationId: `${verb}_workspaces`,
        summary,
        params: pathParameters({ ...namespaceParameter, ...nameParameter }),
        response: { 202: requestAnswerSchema },
      },
    },
    async ({ params }, reply) => {
      const requestedAt = clock.now().toISOString();
      const uid = await inTransaction(db, async (tx) => {
        const workspace = await getLivingWorkspace(tx, params);
        await setRequest(tx, workspace.uid, column, requestedAt);
        return workspace.uid;
      });
      return await reply.status(202).send({ uid, requestedAt });
    },
  );
}
