import { KINDS } from '../../api/objects.ts';
import type { ApiObject } from '../../server/contract.ts';
import { cellsOf, headerOf, type View } from './columns.ts';
import { renderTable, type Cell } from './table.ts';

export interface TableView extends View {
  /** Begins with the namespace. */
  readonly withNamespace: boolean;
  /** `workspace/ada` instead of `ada`. */
  readonly withKind: boolean;
}

/** One table per kind that occurs, with an empty line between them. */
export function renderObjects(objects: readonly ApiObject[], view: TableView): string[] {
  const tables = KINDS.map(({ kind }) => objects.filter((object) => object.kind === kind))
    .filter((group) => group.length > 0)
    .map((group) =>
      renderTable([
        headerRow(group[0]?.kind ?? 'Workspace', view),
        ...group.map((object) => objectRow(object, view)),
      ]),
    );
  return tables.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
}

export function headerRow(kind: ApiObject['kind'], view: Omit<TableView, 'now'>): string[] {
  return [...(view.withNamespace ? ['NAMESPACE'] : []), 'NAME', ...headerOf(kind, view)];
}

export function objectRow(object: ApiObject, view: TableView): Cell[] {
  const { kind, metadata } = object;
  const name = view.withKind ? `${kind.toLowerCase()}/${metadata.name}` : metadata.name;
  return [
    ...(view.withNamespace ? [metadata.namespace ?? ''] : []),
    name,
    ...cellsOf(object, view),
  ];
}

/** The last row of a workspace that is gone. */
export function deletedRow(object: ApiObject, view: TableView): Cell[] {
  const row = objectRow(object, view);
  const header = headerRow(object.kind, view);
  const said: Readonly<Record<string, string>> = { READY: 'False', PHASE: 'Deleted' };
  return row.map((cell, index) => said[header[index] ?? ''] ?? cell);
}
