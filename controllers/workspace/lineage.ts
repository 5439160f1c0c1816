import type { AcceptedReason } from '../../api/conditions.ts';
import { MAX_DEPTH } from '../../api/workspace.ts';

/** What a walk upwards needs to know of one record. */
export interface LineageNode {
  readonly uid: string;
  readonly name: string;
  readonly parentName?: string | undefined;
  readonly parentId?: string | undefined;
  readonly isPaused: boolean;
  readonly isDeleting: boolean;
}

/** Where a workspace stands in its tree, and what follows from that. */
export interface Lineage {
  /** 0 for a root; at most `MAX_DEPTH` + 1, also within a cycle. */
  readonly depth: number;
  /** `AncestorPaused` only when the workspace itself is not paused. */
  readonly effectiveState: 'Running' | 'Paused' | 'AncestorPaused';
  /** Why its place in the tree cannot be accepted. */
  readonly problem?: { readonly reason: AcceptedReason; readonly message: string };
}

/**
 * Effective state, depth and verdict of a workspace. `ancestors` goes from the parent upwards and may be cut off
 * after `MAX_DEPTH` + 1. Paused is derived here on every pass and never written to children, so resuming an
 * ancestor brings back exactly those that were not paused themselves (design §3).
 */
export function lineageOf(self: LineageNode, ancestors: readonly LineageNode[]): Lineage {
  const depth = Math.min(ancestors.length, MAX_DEPTH + 1);
  const problem = placementProblem(self, ancestors);
  return {
    depth,
    effectiveState: effectiveStateOf(self, ancestors),
    ...(problem !== undefined && { problem }),
  };
}

function effectiveStateOf(
  self: LineageNode,
  ancestors: readonly LineageNode[],
): Lineage['effectiveState'] {
  if (self.isPaused) {
    return 'Paused';
  }
  return ancestors.some(({ isPaused }) => isPaused) ? 'AncestorPaused' : 'Running';
}

function placementProblem(
  self: LineageNode,
  ancestors: readonly LineageNode[],
): Lineage['problem'] {
  const parent = ancestors[0];
  if (self.parentName === undefined) {
    return undefined;
  }
  if (parent === undefined) {
    return problem('ParentNotFound', `parent "${self.parentName}" does not exist`);
  }
  if (parent.uid === self.uid) {
    return problem('ParentCycle', 'it is its own parent');
  }
  if (ancestors.length > MAX_DEPTH) {
    return endlessProblem(self, ancestors);
  }
  return parent.isDeleting
    ? problem('ParentTerminating', `parent "${parent.name}" is being deleted`)
    : undefined;
}

/** Only a walk that reached its bound can have gone in a circle. */
function endlessProblem(
  self: LineageNode,
  ancestors: readonly LineageNode[],
): NonNullable<Lineage['problem']> {
  const cycle = cycleThrough(self, ancestors);
  return cycle === undefined
    ? problem('DepthExceeded', `a tree may be ${MAX_DEPTH} levels deep`)
    : problem('ParentCycle', `its parents form a cycle: ${cycle}`);
}

/** The names on a cycle among self and its ancestors, or undefined. */
function cycleThrough(self: LineageNode, ancestors: readonly LineageNode[]): string | undefined {
  const seen = new Map<string, number>();
  const path = [self, ...ancestors];
  for (const [index, node] of path.entries()) {
    const first = seen.get(node.uid);
    if (first !== undefined) {
      return shortened(path.slice(first, index + 1).map(({ name }) => name));
    }
    seen.set(node.uid, index);
  }
  return undefined;
}

function shortened(names: readonly string[]): string {
  const shown = names.length > 6 ? [...names.slice(0, 5), '…', names.at(-1)] : names;
  return shown.join(' → ');
}

function problem(reason: AcceptedReason, message: string): NonNullable<Lineage['problem']> {
  return { reason, message };
}
