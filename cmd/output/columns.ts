import type { ClassStatus } from '../../api/class-status.ts';
import type { Kind } from '../../api/objects.ts';
import type { ApiObject, WorkspaceObject } from '../../server/contract.ts';
import { formatAge } from './age.ts';
import { paintPhase } from './phase.ts';
import type { Style } from './style.ts';
import type { Cell } from './table.ts';

/** What decides how a row looks. */
export interface View {
  readonly now: Date;
  readonly style: Style;
  readonly wide: boolean;
}

interface Column {
  readonly title: string;
  /** Only with `-o wide`. */
  readonly wide?: boolean;
  readonly cell: (object: ApiObject, view: View) => Cell;
}

const age: Column = {
  title: 'AGE',
  cell: ({ metadata }, { now }) => formatAge(metadata.creationTimestamp, now),
};

/** Columns of kubernetes.md, the same as the printer columns of the CRDs, and where the agent listens. */
const WORKSPACE_COLUMNS: readonly Column[] = [
  workspace('READY', (one) => conditionOf(one, 'Ready')?.status),
  workspace('PHASE', (one, { style }) => paintPhase(phaseOf(one), style)),
  workspace('REASON', (one) => conditionOf(one, 'Ready')?.reason),
  workspace('PARENT', ({ spec }) => spec.parentRef?.name),
  workspace('BACKEND', backendOf),
  age,
  wide('AVAILABLE', (one) => conditionOf(one, 'Available')?.status),
  wide('INSTANCE', ({ status }) => full(status)?.backend?.id),
  wide('ZONE', ({ status }) => full(status)?.backend?.zone),
  wide('TIER', ({ status, spec }) => full(status)?.resolved?.tier ?? spec.tier),
  wide('RUNTIME', ({ status, spec }) => full(status)?.resolved?.runtime ?? spec.runtime),
  wide('ATTEMPT', ({ status }) => full(status)?.backend?.attempt),
  wide('CHILDREN', ({ status }) => childrenOf(status)),
  wide('URL', ({ status }) => full(status)?.url),
];

const COLUMNS: Readonly<Record<Kind, readonly Column[]>> = {
  Workspace: WORKSPACE_COLUMNS,
  WorkspaceTemplate: [field('RUNTIME', 'runtime'), field('MODEL', 'model'), age],
  WorkspaceClass: [
    field('BACKEND', 'backend'),
    field('DEFAULT', 'default'),
    field('READINESS', 'readiness'),
    {
      title: 'HOLD',
      cell: ({ status }) => (status as ClassStatus | undefined)?.hold?.reason ?? '',
    },
    age,
  ],
  Org: [
    {
      title: 'WORKSPACES',
      cell: ({ spec }) => String((spec['workspaces'] as unknown[] | undefined)?.length ?? 0),
    },
    age,
  ],
};

export function headerOf(kind: Kind, view: Pick<View, 'wide'>): string[] {
  return columnsOf(kind, view).map(({ title }) => title);
}

export function cellsOf(object: ApiObject, view: View): Cell[] {
  return columnsOf(object.kind, view).map(({ cell }) => cell(object, view));
}

function columnsOf(kind: Kind, view: Pick<View, 'wide'>): readonly Column[] {
  return COLUMNS[kind].filter(({ wide: isWide }) => view.wide || isWide !== true);
}

/** The status once a controller has looked at it. */
export function full(
  status: WorkspaceObject['status'],
): Extract<WorkspaceObject['status'], { phase: string }> | undefined {
  return 'phase' in status ? status : undefined;
}

/** The class that a controller has resolved it to, else the one that it names. */
export function classOf({ status, spec }: Pick<WorkspaceObject, 'status' | 'spec'>) {
  return full(status)?.resolved?.class ?? spec.className;
}

export function phaseOf({
  status,
  metadata,
}: Pick<WorkspaceObject, 'status' | 'metadata'>): string {
  if (metadata.deletionTimestamp !== undefined) {
    return 'Terminating';
  }
  return full(status)?.phase ?? 'Pending';
}

export function conditionOf(
  { status }: Pick<WorkspaceObject, 'status'>,
  type: string,
): WorkspaceObject['status']['conditions'][number] | undefined {
  return status.conditions.find((condition) => condition.type === type);
}

function backendOf({ status, spec }: WorkspaceObject): string | undefined {
  return full(status)?.backend?.type ?? (spec.external === undefined ? undefined : 'external');
}

function childrenOf(status: WorkspaceObject['status']): string | undefined {
  const children = full(status)?.children;
  return children === undefined ? undefined : `${children.ready}/${children.total}`;
}

type Value = Cell | number | undefined;

function workspace(
  title: string,
  value: (object: WorkspaceObject, view: View) => Value,
  isWide = false,
): Column {
  return {
    title,
    wide: isWide,
    // Only rows of Workspaces meet these columns.
    cell: (object, view) => toCell(value(object as WorkspaceObject, view)),
  };
}

function wide(title: string, value: (object: WorkspaceObject, view: View) => Value): Column {
  return workspace(title, value, true);
}

function field(title: string, name: string): Column {
  return {
    title,
    cell: ({ spec }) => toCell(spec[name] as string | number | undefined),
  };
}

function toCell(value: Value): Cell {
  return typeof value === 'object' ? value : String(value ?? '<none>');
}
