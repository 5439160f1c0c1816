import { KINDS } from '../objects.ts';
import { API_VERSION } from '../schema.ts';
import { valueAt, type Path } from '../validation/path.ts';

/** One object of a document, and where in the document it stands. */
export interface ListItem {
  readonly path: Path;
  readonly raw: unknown;
}

/** The objects of a document: of a `List`, or a list of one of our kinds, its items (lists in lists too); else itself. */
export function unpackList(raw: unknown, path: Path = []): ListItem[] {
  const items = valueAt(raw, ['items']);
  return isList(raw) && Array.isArray(items)
    ? items.flatMap((item, index) => unpackList(item, [...path, 'items', index]))
    : [{ path, raw }];
}

function isList(raw: unknown): boolean {
  const apiVersion = valueAt(raw, ['apiVersion']);
  const kind = valueAt(raw, ['kind']);
  return apiVersion === API_VERSION
    ? KINDS.some((info) => kind === `${info.kind}List`)
    : apiVersion === 'v1' && kind === 'List';
}
