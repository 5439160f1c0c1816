import type { ApiObject, WorkspaceObject } from '../../server/contract.ts';
import type { ActivityEvent } from '../../server/contract-operations.ts';
import { formatAge } from './age.ts';
import { conditionOf, full, phaseOf } from './columns.ts';
import { renderEvents } from './event-table.ts';
import { paintPhase } from './phase.ts';
import { printable, type Style } from './style.ts';
import { renderTable, type Cell } from './table.ts';
import { explainReadiness } from './why-not-ready.ts';

export interface DescribeView {
  readonly now: Date;
  readonly style: Style;
}

/** Who the object is and, for a workspace, how it is: two columns. */
export function describeHead(object: ApiObject, { now }: DescribeView): string[] {
  const { kind, metadata } = object;
  const { namespace, labels, annotations, applySet, origin, deletionTimestamp } = metadata;
  return fields([
    ['Name', metadata.name],
    ['Namespace', namespace],
    ['Kind', kind],
    ['UID', metadata.uid],
    ['Generation', String(metadata.generation)],
    ['Declared by', `set "${applySet}"${origin === undefined ? '' : `, ${origin}`}`],
    ['Labels', pairs(labels)],
    ['Annotations', pairs(annotations)],
    ['Created', when(metadata.creationTimestamp, now)],
    ['Deletion', deletionTimestamp === undefined ? undefined : when(deletionTimestamp, now)],
  ]);
}

/** How a workspace is: phase, the reason in one sentence, where it runs. */
export function describeState(workspace: WorkspaceObject, { now, style }: DescribeView): string[] {
  const status = full(workspace.status);
  return fields([
    ['Phase', paintPhase(phaseOf(workspace), style)],
    [
      conditionOf(workspace, 'Ready')?.status === 'True' ? 'Ready' : 'Not ready',
      explainReadiness(workspace, now),
    ],
    ['Parent', workspace.spec.parentRef?.name],
    ['Children', status && `${status.children.ready} of ${status.children.total} ready`],
    placeOf(workspace),
    ['Runtime', status?.resolved && `${status.resolved.runtime}, tier ${status.resolved.tier}`],
    ['Instance', instanceOf(status, now)],
    ['URL', status?.url],
    ['Last exit', exitOf(status, now)],
  ]);
}

/** The class that says where it runs, or that none does. */
function placeOf({ spec, status }: WorkspaceObject): readonly [string, string | undefined] {
  return spec.external === undefined
    ? ['Class', full(status)?.resolved?.class]
    : ['Runs', 'elsewhere (external)'];
}

type FullStatus = ReturnType<typeof full>;

function instanceOf(status: FullStatus, now: Date): string | undefined {
  const backend = status?.backend;
  return (
    backend &&
    `${backend.type} ${backend.id}, attempt ${backend.attempt}, launched ${when(backend.launchedAt, now)}`
  );
}

function exitOf(status: FullStatus, now: Date): string | undefined {
  const exit = status?.lastExit;
  if (exit === undefined) {
    return undefined;
  }
  const how = exit.signal === undefined ? `code ${exit.code ?? '?'}` : `signal ${exit.signal}`;
  return `${how}, attempt ${exit.attempt}, ${when(exit.at, now)}`;
}

export function describeConditions(
  { status }: WorkspaceObject,
  { now, style }: DescribeView,
): string[] {
  const rows = status.conditions.map(
    ({ type, status: is, reason, message, lastTransitionTime }): Cell[] => [
      type,
      { text: is, paint: is === 'True' ? style.colors.green : style.colors.yellow },
      reason,
      formatAge(lastTransitionTime, now),
      printable(message),
    ],
  );
  return section(
    'Conditions',
    renderTable([['TYPE', 'STATUS', 'REASON', 'SINCE', 'MESSAGE'], ...rows]),
  );
}

/** The last words of the instance that ended by itself. */
export function describeExitLog({ status }: WorkspaceObject): string[] {
  const log = full(status)?.lastExit?.log.trimEnd() ?? '';
  return log === '' ? [] : section('Log of the last exit', log.split('\n').map(printable));
}

export function describeEvents(events: readonly ActivityEvent[], { now }: DescribeView): string[] {
  const view = { now, withTime: false, withNamespace: false, withHeader: true };
  return section('Events', events.length === 0 ? ['<none>'] : renderEvents(events, view));
}

/** A title and indented lines. */
export function section(title: string, lines: readonly string[]): string[] {
  return [`${title}:`, ...lines.map((line) => (line === '' ? '' : `  ${line}`))];
}

function fields(rows: readonly (readonly [string, Cell | undefined])[]): string[] {
  return renderTable(
    rows.flatMap(([name, value]) =>
      value === undefined
        ? []
        : [[`${name}:`, typeof value === 'string' ? printable(value) : value]],
    ),
  );
}

function pairs(map: Readonly<Record<string, string>> = {}): string | undefined {
  const entries = Object.entries(map);
  return entries.length === 0
    ? undefined
    : entries.map(([key, value]) => `${key}=${value}`).join(', ');
}

function when(time: string, now: Date): string {
  return `${time} (${formatAge(time, now)} ago)`;
}
