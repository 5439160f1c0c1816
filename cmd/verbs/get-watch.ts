import type { WorkspaceObject } from '../../server/contract.ts';
import type { WatchEvent } from '../../server/contract-operations.ts';
import { matchesLabels, parseLabelSelector } from '../../server/label-selector.ts';
import { noServer } from '../api-error.ts';
import { usageError } from '../cli-error.ts';
import { print, type Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { GetRequest } from './get-request.ts';
import { deletedRow, headerRow, objectRow, type TableView } from '../output/object-table.ts';
import { renderName, renderStructured } from '../output/structured.ts';
import { columnWidths, renderRows } from '../output/table.ts';
import type { Session } from '../session.ts';
import { keyOf, watchWorkspaces } from '../watch.ts';

/** A workspace as it is, or as it was last seen. */
interface Seen {
  readonly object: WorkspaceObject;
  readonly isDeleted: boolean;
}
type Show = (seen: readonly Seen[]) => Promise<void>;

/** Prints what there is, then each change, until Ctrl-C. Throws `noServer` when the controller ends the stream. */
export async function watchObjects(
  context: Context,
  { client, namespace, style }: Session,
  request: GetRequest,
): Promise<ExitCode> {
  const show = showerOf(context, request, style);
  const follow = follower(filterOf(request), show);
  for await (const event of watchWorkspaces(
    client,
    request.allNamespaces ? undefined : namespace,
  )) {
    await follow(event);
  }
  if (context.signal.aborted) {
    return EXIT.interrupted;
  }
  throw noServer(client.server);
}

/** What there was before the bookmark is shown at once, so that the columns fit. */
function follower(
  matches: (object: WorkspaceObject) => boolean,
  show: Show,
): (event: WatchEvent) => Promise<void> {
  const known = new Map<string, WorkspaceObject>();
  let isListed = false;
  return async (event) => {
    if (event.type === 'BOOKMARK') {
      isListed = true;
      return show([...known.values()].map((object) => ({ object, isDeleted: false })));
    }
    const key = keyOf(event.object);
    if (event.type === 'DELETED') {
      const object = known.get(key);
      known.delete(key);
      return object === undefined ? undefined : show([{ object, isDeleted: true }]);
    }
    if (matches(event.object)) {
      known.set(key, event.object);
      await (isListed ? show([{ object: event.object, isDeleted: false }]) : undefined);
    }
  };
}

function filterOf({ targets, selector }: GetRequest): (object: WorkspaceObject) => boolean {
  const names = new Set(targets.map(({ name }) => name));
  const requirements = selector === undefined ? [] : parseSelector(selector);
  return ({ metadata }) =>
    (names.size === 0 || names.has(metadata.name)) &&
    matchesLabels(metadata.labels ?? {}, requirements);
}

function parseSelector(selector: string): ReturnType<typeof parseLabelSelector> {
  try {
    return parseLabelSelector(selector);
  } catch (error) {
    throw usageError(error instanceof Error ? error.message : String(error));
  }
}

function showerOf(
  context: Context,
  { format, allNamespaces }: GetRequest,
  style: Session['style'],
): Show {
  if (format === 'table' || format === 'wide') {
    return tableShower(context, {
      style,
      wide: format === 'wide',
      withNamespace: allNamespaces,
      withKind: false,
    });
  }
  return async (seen) => {
    for (const { object } of seen) {
      print(context, await renderOne(object, format));
    }
  };
}

async function renderOne(
  object: WorkspaceObject,
  format: 'json' | 'yaml' | 'name',
): Promise<string> {
  if (format === 'name') {
    return renderName(object);
  }
  const text = await renderStructured(object, format);
  return format === 'yaml' ? `---\n${text}` : text;
}

/** Columns keep the width of the first page; a wider cell widens them from then on. */
function tableShower(context: Context, view: Omit<TableView, 'now'>): Show {
  let widths: number[] = [];
  return (seen) => {
    const rows = seen.map(({ object, isDeleted }) => {
      const row = isDeleted ? deletedRow : objectRow;
      return row(object, { ...view, now: context.clock.now() });
    });
    const all = widths.length === 0 ? [headerRow('Workspace', view), ...rows] : rows;
    widths = columnWidths(all).map((width, index) => Math.max(width, widths[index] ?? 0));
    renderRows(all, widths).forEach((line) => {
      print(context, line);
    });
    return Promise.resolve();
  };
}
