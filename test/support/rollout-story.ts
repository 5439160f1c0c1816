import type { Declaration } from '../../api/objects.ts';
import type { WorkspaceSpec } from '../../api/workspace.ts';
import type { Harness } from './harness.ts';
import { workspace } from './manifests.ts';

export type Spec = WorkspaceSpec & {
  readonly parent?: string;
  readonly annotations?: Readonly<Record<string, string>>;
};
/** Workspaces by name. */
export type Tree = Readonly<Record<string, Spec>>;

/** The workspaces of a tree, all with one value of VERSION in their env: with another value every agent has to be restarted. */
export function versionOf(version: string, tree: Tree): readonly Declaration[] {
  const env = [{ name: 'VERSION', value: version }];
  return Object.entries(tree).map(([name, { parent, ...spec }]) =>
    workspace({ name, env, ...spec, ...(parent !== undefined && { parentRef: { name: parent } }) }),
  );
}

/** The actions of these kinds, in order, since the log was cleared: `Stop ada`. */
export function stepsOf(harness: Harness, ...kinds: readonly string[]): readonly string[] {
  return harness.log.lines.flatMap(({ action, workspace: name, isHeldBack }) =>
    kinds.includes(String(action)) && isHeldBack !== true
      ? [`${String(action)} ${String(name).replace('default/', '')}`]
      : [],
  );
}

/** What `Ready` says of a workspace. */
export async function readyOf(harness: Harness, name: string): Promise<string> {
  const ready = await harness.condition(name, 'Ready');
  return `${ready?.status ?? 'none'} ${ready?.reason ?? ''}: ${ready?.message ?? ''}`;
}
