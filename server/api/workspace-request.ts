import type { Static, TObject } from 'typebox';
import { inTransaction, type Transaction } from '../../store/db.ts';
import { setRequests, type RequestChange } from '../../store/edit-workspace.ts';
import type { StoredWorkspace } from '../../store/stored-workspace.ts';
import { requestAnswerSchema, type RequestAnswer } from '../contract.ts';
import type { ServerOptions } from '../options.ts';
import {
  nameParameter,
  namespaceParameter,
  pathParameters,
  type ApiServer,
} from '../route-schema.ts';
import { getLivingWorkspace } from './get-workspace.ts';

/** A wish that is not spec: stored as a value, acted on once, whoever owns the workspace. */
export interface WorkspaceRequest<Query extends TObject> {
  readonly verb: string;
  readonly summary: string;
  readonly querystring: Query;
  readonly toRequests: (requestedAt: string, query: Static<Query>) => RequestChange;
  /**
   * The time of an earlier one that is already fulfilled, so that nothing is stored; none: it is stored.
   * Throws a 409 `Problem` when it cannot be fulfilled as the workspace is.
   */
  readonly check?: (
    tx: Transaction,
    workspace: StoredWorkspace,
    query: Static<Query>,
  ) => Promise<string | undefined>;
  /** What it comes to, as `remark` of the answer; undefined: to what was asked. */
  readonly remark?: (workspace: StoredWorkspace, query: Static<Query>) => string | undefined;
}

/** `POST .../workspaces/NAME/VERB`, answered with 202. */
export function registerWorkspaceRequest<Query extends TObject>(
  server: ApiServer,
  { db, clock }: ServerOptions,
  request: WorkspaceRequest<Query>,
): void {
  const { verb, summary, querystring } = request;
  server.post(
    `/api/v1/namespaces/:ns/workspaces/:name/${verb}`,
    {
      schema: {
        tags: ['workspaces'],
        operationId: `${verb}_workspaces`,
        summary,
        params: pathParameters({ ...namespaceParameter, ...nameParameter }),
        querystring,
        response: { 202: requestAnswerSchema },
      },
    },
    async ({ params, query }, reply) => {
      const now = clock.now().toISOString();
      const answer = await inTransaction(db, async (tx) => {
        const workspace = await getLivingWorkspace(tx, params);
        return await store(tx, workspace, { request, now, query: query as Static<Query> });
      });
      return await reply.status(202).send(answer);
    },
  );
}

interface Asked<Query extends TObject> {
  readonly request: WorkspaceRequest<Query>;
  readonly now: string;
  readonly query: Static<Query>;
}

async function store<Query extends TObject>(
  tx: Transaction,
  workspace: StoredWorkspace,
  { request: { check, toRequests, remark }, now, query }: Asked<Query>,
): Promise<RequestAnswer> {
  const { uid } = workspace;
  const fulfilledAt = await check?.(tx, workspace, query);
  if (fulfilledAt === undefined) {
    await setRequests(tx, uid, toRequests(now, query));
  }
  const said = remark?.(workspace, query);
  return {
    uid,
    requestedAt: fulfilledAt ?? now,
    ...(said !== undefined && { remark: said }),
  };
}
