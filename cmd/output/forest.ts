/** A workspace as far as its place in the tree is concerned. */
export interface Place {
  /** Unique; what `parent` names. */
  readonly key: string;
  readonly parent?: string | undefined;
  readonly isFolded: boolean;
}

/** One line of a drawn tree. */
export interface Branch<T extends Place> {
  readonly node: T;
  /** 0 for a root. */
  readonly depth: number;
  /** Per level above this one, from the root's children down: whether a sibling follows further below. */
  readonly openLevels: readonly boolean[];
  readonly isLast: boolean;
  /** Descendants that are not drawn because this node is folded. */
  readonly folded: number;
  /** Why it is not where its parent says: the parent does not exist, or the parents form a circle. */
  readonly oddity?: 'orphan' | 'cycle';
}

export interface ForestOptions {
  /** Draws what folded nodes hide. */
  readonly unfold: boolean;
  /** Keys to begin with; none: every root, then orphans, then circles. */
  readonly roots?: readonly string[];
}

/** Deeper levels are drawn without further indentation: no tree of ours is deeper than 16, only mistakes are. */
const DEEPEST_INDENT = 32;

/**
 * Every node in drawing order, parents before children, siblings in the order given. Each is drawn once: a circle of
 * parents is opened at its first node, so it never loops.
 */
export function drawForest<T extends Place>(
  nodes: readonly T[],
  { unfold, roots }: ForestOptions,
): Branch<T>[] {
  const childrenOf = groupByParent(nodes);
  const drawn = new Set<T>();
  const branches: Branch<T>[] = [];
  const draw = (node: T, oddity?: 'orphan' | 'cycle'): void => {
    if (!drawn.has(node)) {
      branches.push(...walk({ node, oddity, unfold, childrenOf, drawn }));
    }
  };
  for (const { node, oddity } of startsOf(nodes, roots)) {
    draw(node, oddity);
  }
  if (roots === undefined) {
    // What no root leads to hangs in a circle of parents.
    nodes.forEach((node) => {
      draw(node, 'cycle');
    });
  }
  return branches;
}

function groupByParent<T extends Place>(nodes: readonly T[]): ReadonlyMap<string, readonly T[]> {
  return Map.groupBy(nodes, ({ parent }) => parent ?? '');
}

function startsOf<T extends Place>(
  nodes: readonly T[],
  roots: readonly string[] | undefined,
): { node: T; oddity?: 'orphan' }[] {
  if (roots !== undefined) {
    return nodes.filter(({ key }) => roots.includes(key)).map((node) => ({ node }));
  }
  const keys = new Set(nodes.map(({ key }) => key));
  return [
    ...nodes.filter(({ parent }) => parent === undefined).map((node) => ({ node })),
    ...nodes
      .filter(({ parent }) => parent !== undefined && !keys.has(parent))
      .map((node) => ({ node, oddity: 'orphan' as const })),
  ];
}

interface Walk<T extends Place> {
  readonly node: T;
  readonly oddity: 'orphan' | 'cycle' | undefined;
  readonly unfold: boolean;
  readonly childrenOf: ReadonlyMap<string, readonly T[]>;
  /** Grows: what was drawn or hidden by a fold. */
  readonly drawn: Set<T>;
}

type Step<T extends Place> = Pick<Branch<T>, 'node' | 'depth' | 'openLevels' | 'isLast'>;

/** With a stack of its own: a chain of 5,000 parents must not end in a stack overflow. */
function walk<T extends Place>({ node, oddity, unfold, childrenOf, drawn }: Walk<T>): Branch<T>[] {
  const branches: Branch<T>[] = [];
  const stack: Step<T>[] = [{ node, depth: 0, openLevels: [], isLast: true }];
  for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
    drawn.add(step.node);
    const hidden = step.node.isFolded && !unfold ? hide(step.node, childrenOf, drawn) : 0;
    branches.push({ ...step, folded: hidden, ...(step.depth === 0 && oddity ? { oddity } : {}) });
    const children = hidden > 0 ? [] : childrenIn(step.node, childrenOf, drawn);
    stack.push(...stepsTo(children, step).reverse());
  }
  return branches;
}

function stepsTo<T extends Place>(children: readonly T[], above: Step<T>): Step<T>[] {
  const { depth, openLevels, isLast } = above;
  const levels = depth === 0 || depth > DEEPEST_INDENT ? openLevels : [...openLevels, !isLast];
  return children.map((node, index) => ({
    node,
    depth: depth + 1,
    openLevels: levels,
    isLast: index === children.length - 1,
  }));
}

/** How many descendants a folded node hides; they count as drawn. */
function hide<T extends Place>(
  top: T,
  childrenOf: ReadonlyMap<string, readonly T[]>,
  drawn: Set<T>,
): number {
  const stack = [top];
  let count = 0;
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const children = childrenIn(node, childrenOf, drawn);
    children.forEach((child) => drawn.add(child));
    count += children.length;
    stack.push(...children);
  }
  return count;
}

function childrenIn<T extends Place>(
  { key }: T,
  childrenOf: ReadonlyMap<string, readonly T[]>,
  drawn: ReadonlySet<T>,
): readonly T[] {
  return (childrenOf.get(key) ?? []).filter((child) => !drawn.has(child));
}
