import type { WorkspaceObject } from '../../server/contract.ts';
import { conditionOf, full, phaseOf } from './columns.ts';
import { drawForest, type Branch, type Place } from './forest.ts';
import { paintMarkedPhase } from './phase.ts';
import type { Style } from './style.ts';
import { renderTable, type Cell } from './table.ts';

interface Node extends Place {
  readonly workspace: WorkspaceObject;
}

export interface TreeView {
  readonly style: Style;
  readonly unfold: boolean;
  /** Only the trees below these (`default/ada`); none: everything. */
  readonly roots?: readonly string[];
  readonly withNamespace: boolean;
}

/** The tree as lines: name with its lines of descent, mark, phase, and the reason where it is not simply up. */
export function renderTree(workspaces: readonly WorkspaceObject[], view: TreeView): string[] {
  const branches = drawForest(workspaces.map(toNode), view);
  return renderTable(branches.map((branch) => rowOf(branch, view)));
}

function toNode(workspace: WorkspaceObject): Node {
  const { metadata, spec } = workspace;
  const namespace = metadata.namespace ?? '';
  const parent = spec.parentRef?.name;
  return {
    workspace,
    key: `${namespace}/${metadata.name}`,
    parent: parent === undefined ? undefined : `${namespace}/${parent}`,
    isFolded: spec.collapsed === true,
  };
}

function rowOf(branch: Branch<Node>, { style, withNamespace }: TreeView): Cell[] {
  const { workspace } = branch.node;
  const name = branch.depth === 0 && withNamespace ? branch.node.key : workspace.metadata.name;
  return [
    `${indentOf(branch, style)}${labelOf(name, branch, style)}`,
    paintMarkedPhase(phaseOf(workspace), style),
    { text: remarkOf(branch), paint: style.colors.dim },
  ];
}

function labelOf(name: string, { folded, node }: Branch<Node>, { unicode }: Style): string {
  if (folded > 0) {
    return `${unicode ? '▸' : '>'} ${name} (${folded} folded)`;
  }
  return node.isFolded && (full(node.workspace.status)?.children.total ?? 0) > 0
    ? `${unicode ? '▾' : 'v'} ${name}`
    : name;
}

function indentOf({ depth, openLevels, isLast }: Branch<Node>, { unicode }: Style): string {
  if (depth === 0) {
    return '';
  }
  const [open, closed, branch, last] = unicode
    ? ['│   ', '    ', '├── ', '└── ']
    : ['|   ', '    ', '|-- ', '`-- '];
  const above = openLevels.map((isOpen) => (isOpen ? open : closed)).join('');
  return `${above}${isLast ? last : branch}`;
}

/** What the picture alone does not say. */
function remarkOf({ oddity, node }: Branch<Node>): string {
  const { workspace } = node;
  const parent = workspace.spec.parentRef?.name ?? '';
  if (oddity === 'cycle') {
    return `its parents form a circle (parent ${parent})`;
  }
  if (oddity === 'orphan') {
    return `parent ${parent} does not exist`;
  }
  const ready = conditionOf(workspace, 'Ready');
  const isPlain = ready?.status === 'True' && ready.reason !== 'AncestorPaused';
  return isPlain || ready === undefined || ready.reason === phaseOf(workspace) ? '' : ready.reason;
}
