import type { Declaration, DeclarationOf } from '../../api/objects.ts';
import type { WorkspaceClassSpec } from '../../api/workspace-class.ts';
import type { WorkspaceSpec } from '../../api/workspace.ts';
import { applySet, type ApplySetOptions } from '../../store/apply-set.ts';
import type { ObjectResult } from '../../store/apply-result.ts';
import { inTransaction, type Db } from '../../store/db.ts';

export const INSTALLATION = 'test-installation';

/** A declared workspace `default/<name>`. */
export function workspace(
  name: string,
  spec: WorkspaceSpec = {},
  overrides: Partial<DeclarationOf<'Workspace'>> = {},
): DeclarationOf<'Workspace'> {
  return {
    kind: 'Workspace',
    namespace: 'default',
    name,
    labels: {},
    annotations: {},
    spec,
    ...overrides,
  };
}

export function childOf(parent: string): WorkspaceSpec {
  return { parentRef: { name: parent } };
}

export function workspaceClass(
  name: string,
  spec: Partial<WorkspaceClassSpec> = {},
): DeclarationOf<'WorkspaceClass'> {
  return {
    kind: 'WorkspaceClass',
    namespace: '',
    name,
    labels: {},
    annotations: {},
    spec: { backend: 'process', process: { runtimes: { sample: { command: ['true'] } } }, ...spec },
  };
}

/** Applies in a transaction of its own, as set `cli`, without pruning, unless told otherwise. */
export async function apply(
  db: Db,
  declarations: readonly Declaration[],
  options: Partial<ApplySetOptions> = {},
): Promise<readonly ObjectResult[]> {
  return await inTransaction(db, (tx) =>
    applySet(tx, {
      installationId: INSTALLATION,
      applySet: 'cli',
      declarations,
      prune: 'none',
      dryRun: false,
      ...options,
    }),
  );
}

/** `created`, `unchanged`, ... by name. */
export function outcomes(results: readonly ObjectResult[]): Readonly<Record<string, string>> {
  return Object.fromEntries(results.map(({ name, result }) => [name, result]));
}
