import { CLUSTER_SCOPE } from '../../api/objects.ts';
import { inTransaction, type Transaction } from '../../store/db.ts';
import { lockDeclarations } from '../../store/declaration-lock.ts';
import { deleteObject } from '../../store/delete-object.ts';
import { requestDeletion } from '../../store/edit-workspace.ts';
import type { PlainKind } from '../../store/kind-tables.ts';
import { listDescendants, type StoredWorkspace } from '../../store/workspaces.ts';
import {
  deleteAnswerSchema,
  deleteQuerySchema,
  type DeleteAnswer,
  type DeleteQuery,
  type ObjectReference,
} from '../contract.ts';
import type { ServerOptions } from '../options.ts';
import { Problem } from '../problem.ts';
import {
  nameParameter,
  namespaceParameter,
  pathParameters,
  type ApiServer,
} from '../route-schema.ts';
import { getWorkspace, type WorkspacePath } from './get-workspace.ts';
import { listCollections } from './kinds.ts';

/** Deleting what the API may delete: a workspace alone or with its team, templates, classes, orgs. */
export function registerDelete(server: ApiServer, options: ServerOptions): void {
  registerWorkspace(server, options);
  for (const { kind, plural } of listCollections()) {
    if (kind !== 'Workspace') {
      registerPlain(server, options, { kind, plural });
    }
  }
}

function registerWorkspace(server: ApiServer, { db, log }: ServerOptions): void {
  server.delete(
    '/api/v1/namespaces/:ns/workspaces/:name',
    {
      schema: {
        tags: ['workspaces'],
        operationId: 'delete_workspaces',
        summary:
          'Delete a workspace and its descendants; 409 with their list until it is confirmed',
        params: pathParameters({ ...namespaceParameter, ...nameParameter }),
        querystring: deleteQuerySchema,
        response: { 200: deleteAnswerSchema },
      },
    },
    async ({ params, query, operator }): Promise<DeleteAnswer> => {
      const deleted = await inTransaction(db, (tx) => deleteWorkspace(tx, params, query));
      log.info({ ...params, count: deleted.length, operator }, 'requested deletion');
      return { deleted: deleted.map(toReference) };
    },
  );
}

async function deleteWorkspace(
  tx: Transaction,
  path: WorkspacePath,
  { confirm = false, cascade = true, descendantsOnly = false }: DeleteQuery,
): Promise<readonly StoredWorkspace[]> {
  // Held from before the look, so that nobody declares another descendant in between.
  await lockDeclarations(tx);
  const workspace = await getWorkspace(tx, path);
  const descendants = await listDescendants(tx, workspace.uid);
  assertConfirmed(workspace, descendants, confirm);
  const doomed = [
    ...(descendantsOnly ? [] : [workspace]),
    ...(cascade || descendantsOnly ? descendants : []),
  ];
  return await requestDeletion(
    tx,
    doomed.map(({ uid }) => uid),
  );
}

function assertConfirmed(
  { namespace, name }: StoredWorkspace,
  descendants: readonly StoredWorkspace[],
  isConfirmed: boolean,
): void {
  const living = descendants.filter(({ deletionRequestedAt }) => deletionRequestedAt === undefined);
  if (living.length > 0 && !isConfirmed) {
    throw new Problem(
      409,
      'ConfirmationRequired',
      `${namespace}/${name} has ${living.length} descendants; show them, then ask again with confirm=true`,
      { extensions: { descendants: living.map(toReference) } },
    );
  }
}

function registerPlain(
  server: ApiServer,
  { db, log }: ServerOptions,
  { kind, plural }: { readonly kind: PlainKind; readonly plural: string },
): void {
  const isClass = kind === 'WorkspaceClass';
  server.delete(
    isClass ? `/api/v1/${plural}/:name` : `/api/v1/namespaces/:ns/${plural}/:name`,
    {
      schema: {
        tags: [plural],
        operationId: `delete_${plural}`,
        summary: `Delete a ${kind}${isClass ? '; 409 while workspaces need it' : ''}`,
        params: pathParameters(
          isClass ? nameParameter : { ...namespaceParameter, ...nameParameter },
        ),
        response: { 200: deleteAnswerSchema },
      },
    },
    async ({ params, operator }): Promise<DeleteAnswer> => {
      const { ns = CLUSTER_SCOPE, name } = params as {
        readonly ns?: string;
        readonly name: string;
      };
      const reference = { kind, namespace: ns, name };
      await inTransaction(db, (tx) => deleteObject(tx, reference));
      log.info({ ...reference, operator }, 'deleted object');
      return { deleted: [reference] };
    },
  );
}

function toReference({ namespace, name }: StoredWorkspace): ObjectReference {
  return { kind: 'Workspace', namespace, name };
}
