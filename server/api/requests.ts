import { wakeRequest } from '../../store/edit-workspace.ts';
import { noQuerySchema, restartQuerySchema } from '../contract-requests.ts';
import type { ServerOptions } from '../options.ts';
import type { ApiServer } from '../route-schema.ts';
import { assertNotPaused, assertRunsHere } from './get-workspace.ts';
import { HIBERNATE } from './hibernate-request.ts';
import { remarkOnRestart, remarkOnWake } from './request-remark.ts';
import { registerWorkspaceRequest, type WorkspaceRequest } from './workspace-request.ts';

const RESTART: WorkspaceRequest<typeof restartQuerySchema> = {
  verb: 'restart',
  summary: 'Stop and start the agent once, whoever owns the workspace',
  querystring: restartQuerySchema,
  toRequests: (requestedAt, { resetSession = false }) => ({
    restartRequestedAt: requestedAt,
    ...(resetSession && { resetSessionAt: requestedAt }),
  }),
  check: (_tx, workspace) => {
    assertRunsHere(workspace);
    return Promise.resolve(undefined);
  },
  remark: remarkOnRestart,
};

const RECONCILE: WorkspaceRequest<typeof noQuerySchema> = {
  verb: 'reconcile',
  summary: 'Look at it at once and forget its failures, whoever owns the workspace',
  querystring: noQuerySchema,
  toRequests: (reconcileRequestedAt) => ({ reconcileRequestedAt }),
};

const WAKE: WorkspaceRequest<typeof noQuerySchema> = {
  verb: 'wake',
  summary: 'Start a hibernated agent again, whoever owns the workspace',
  querystring: noQuerySchema,
  toRequests: wakeRequest,
  check: (_tx, workspace) => {
    assertRunsHere(workspace);
    assertNotPaused(workspace);
    return Promise.resolve(undefined);
  },
  remark: remarkOnWake,
};

/** Wishes that are not spec (design §4). */
export function registerRequests(server: ApiServer, options: ServerOptions): void {
  registerWorkspaceRequest(server, options, RESTART);
  registerWorkspaceRequest(server, options, RECONCILE);
  registerWorkspaceRequest(server, options, HIBERNATE);
  registerWorkspaceRequest(server, options, WAKE);
}
