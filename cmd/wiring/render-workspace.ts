import type { Rendering } from '../../api/rendering.ts';
import { accept, launchSourceOf } from '../../controllers/workspace/accept.ts';
import { maskedRendering } from '../../provisioning/masked-rendering.ts';
import { listChildren } from '../../store/children.ts';
import { findWorkspaceView } from '../../store/workspace-view.ts';
import { findWorkspace } from '../../store/workspaces.ts';
import type { Parts } from './parts.ts';

/** What a launch of the workspace would deliver now, without a secret value; undefined when there is no such workspace. */
export async function renderWorkspace(
  {
    database: { db },
    provisioning,
    backends,
  }: Pick<Parts, 'database' | 'provisioning' | 'backends'>,
  namespace: string,
  name: string,
): Promise<Rendering | undefined> {
  const found = await findWorkspace(db, namespace, name);
  const view = found && (await findWorkspaceView(db, found.uid));
  if (view === undefined) {
    return undefined;
  }
  const mutators = provisioning.pipeline.mutators.map((mutator) => mutator.name);
  const rendering = maskedRendering(launchSourceOf(view, provisioning), {
    record: view.record,
    mutators,
    children: await listChildren(db, view.record.uid),
  });
  const acceptance = accept(view, {
    ...provisioning,
    hasBackend: (key) => backends.has(key),
    hasMutators: mutators.length > 0,
  });
  // What the pipeline finds missing is listed one by one already.
  return acceptance.isAccepted || rendering.missing.length > 0
    ? rendering
    : { ...rendering, missing: [acceptance.message] };
}
