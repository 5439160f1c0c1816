import type { WorkspaceObject } from '../../server/contract.ts';

/** The workspaces below one, at any depth, parents before children. A circle of parents is walked once. */
export function findDescendants(
  workspaces: readonly WorkspaceObject[],
  name: string,
): WorkspaceObject[] {
  const childrenOf = Map.groupBy(workspaces, ({ spec }) => spec.parentRef?.name);
  const seen = new Set([name]);
  const descendants: WorkspaceObject[] = [];
  for (let level = [name]; level.length > 0;) {
    const children = level
      .flatMap((parent) => childrenOf.get(parent) ?? [])
      .filter(({ metadata }) => !seen.has(metadata.name));
    children.forEach(({ metadata }) => seen.add(metadata.name));
    descendants.push(...children);
    level = children.map(({ metadata }) => metadata.name);
  }
  return descendants;
}
