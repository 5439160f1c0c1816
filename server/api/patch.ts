import type { WorkspaceSpec } from '../../api/workspace.ts';
import { inTransaction, type Transaction } from '../../store/db.ts';
import { lockDeclarations } from '../../store/declaration-lock.ts';
import {
  editSpec,
  setCollapsed,
  setLayout,
  type EditableFields,
} from '../../store/edit-workspace.ts';
import type { StoredWorkspace } from '../../store/workspaces.ts';
import { apiObjectSchema, workspacePatchSchema, type WorkspacePatch } from '../contract.ts';
import { parseWorkspace } from '../documents.ts';
import { assertMatches, etagOf, parseIfMatch } from '../etag.ts';
import { toManifest, toWorkspaceObject, withoutPicture } from '../manifest.ts';
import { mergePatch } from '../merge-patch.ts';
import type { ServerOptions } from '../options.ts';
import {
  nameParameter,
  namespaceParameter,
  pathParameters,
  type ApiServer,
} from '../route-schema.ts';
import { getLivingWorkspace, getWorkspace, type WorkspacePath } from './get-workspace.ts';

/** Editing a workspace in place. */
export function registerPatch(server: ApiServer, { db }: ServerOptions): void {
  server.patch(
    '/api/v1/namespaces/:ns/workspaces/:name',
    {
      schema: {
        tags: ['workspaces'],
        operationId: 'patch_workspaces',
        summary:
          'JSON merge patch. collapsed and layout of every workspace; the rest unless a source owns it. Honours If-Match',
        params: pathParameters({ ...namespaceParameter, ...nameParameter }),
        body: workspacePatchSchema,
        response: { 200: apiObjectSchema },
      },
    },
    async ({ params, body, headers }, reply) => {
      const expected = parseIfMatch(headers['if-match']);
      const edited = await inTransaction(db, (tx) =>
        edit(tx, { path: params, patch: body, expected }),
      );
      return await reply.header('etag', etagOf(edited.generation)).send(toWorkspaceObject(edited));
    },
  );
}

interface Edit {
  readonly path: WorkspacePath;
  readonly patch: WorkspacePatch;
  readonly expected: number | undefined;
}

async function edit(tx: Transaction, { path, patch, expected }: Edit): Promise<StoredWorkspace> {
  const { collapsed, layout, ...spec } = patch.spec ?? {};
  const declared: WorkspacePatch = { ...patch, spec };
  const changesSpec = Object.keys(spec).length > 0 || patch.metadata !== undefined;
  if (changesSpec) {
    // Held from before the look: the patch goes into what is stored then, and If-Match means just that.
    await lockDeclarations(tx);
  }
  const workspace = changesSpec ? await getLivingWorkspace(tx, path) : await getWorkspace(tx, path);
  assertMatches(expected, workspace.generation);
  if (changesSpec) {
    await editSpec(tx, { uid: workspace.uid, change: () => patched(workspace, declared) });
  }
  if (collapsed !== undefined) {
    await setCollapsed(tx, workspace.uid, collapsed ?? false);
  }
  if (layout !== undefined) {
    await setLayout(tx, workspace.uid, layout ?? undefined);
  }
  return await getWorkspace(tx, path);
}

/** The declaration with the patch in it, as valid as a manifest. Throws a 422 `Problem` with everything that is wrong. */
function patched(workspace: StoredWorkspace, patch: WorkspacePatch): EditableFields {
  const spec = withCurrentPicture(workspace);
  const manifest = toManifest('Workspace', workspace, spec);
  return parseWorkspace(mergePatch(manifest, patch), workspace.directories);
}

/** What was folded or moved by hand since it was declared is not undone by an edit of something else. */
function withCurrentPicture({ spec, collapsed, layout }: StoredWorkspace): WorkspaceSpec {
  return {
    ...withoutPicture(spec),
    ...(spec.collapsed !== undefined && { collapsed }),
    ...(spec.layout !== undefined && layout !== undefined && { layout }),
  };
}
