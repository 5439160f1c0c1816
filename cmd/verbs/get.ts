import { Option, type Command } from 'commander';
import type { ApiObject } from '../../server/contract.ts';
import { print, warn, type Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { GET_FORMATS, parseGetRequest, type GetRequest } from './get-request.ts';
import { getObject, listObjects } from '../objects.ts';
import { renderObjects } from '../output/object-table.ts';
import { renderName, renderStructured, toList } from '../output/structured.ts';
import { openSession, type Session } from '../session.ts';
import type { Bind, Typed } from '../verb.ts';

export function define(command: Command, bind: Bind): void {
  command
    .argument('<kind>', 'workspaces (wsp), workspaceclasses (wspc), ..., or all')
    .argument('[names...]', 'only these; also KIND/NAME')
    .addOption(new Option('-o, --output <format>', `${GET_FORMATS.join(', ')} (default: table)`))
    .option('-w, --watch', 'go on with every change, workspaces only')
    .option('-l, --selector <labels>', 'only with these labels: team=design,stage!=old')
    .option('-A, --all-namespaces', 'of all namespaces')
    .action(bind(get));
}

async function get(context: Context, typed: Typed): Promise<ExitCode> {
  const request = parseGetRequest(typed);
  const session = await openSession(context, typed);
  if (request.isWatch) {
    const { watchObjects } = await import('./get-watch.ts');
    return watchObjects(context, session, request);
  }
  const objects = await find(session, request);
  for (const line of await render(objects, request, { context, session })) {
    print(context, line);
  }
  if (objects.length === 0) {
    warn(context, nothingFound(request, session));
  }
  return EXIT.ok;
}

async function find(
  { client, namespace }: Session,
  { kinds, targets, selector, allNamespaces }: GetRequest,
): Promise<ApiObject[]> {
  const selection = { namespace: allNamespaces ? undefined : namespace, selector };
  const [named, listed] = await Promise.all([
    Promise.all(targets.map((target) => getObject(client, { ...target, namespace }))),
    Promise.all(kinds.map((kind) => listObjects(client, kind, selection))),
  ]);
  return [...named, ...listed.flat()];
}

async function render(
  objects: readonly ApiObject[],
  { format, kinds, targets, allNamespaces }: GetRequest,
  { context, session }: { readonly context: Context; readonly session: Session },
): Promise<string[]> {
  if (format === 'json' || format === 'yaml') {
    // One name asks for one object, everything else for a list, also when that has one item.
    const value = targets.length === 1 ? objects[0] : toList(objects);
    return [await renderStructured(value, format)];
  }
  if (format === 'name') {
    return objects.map(renderName);
  }
  return renderObjects(objects, {
    now: context.clock.now(),
    style: session.style,
    wide: format === 'wide',
    withNamespace: allNamespaces,
    withKind: kinds.length > 1,
  });
}

function nothingFound({ kinds, allNamespaces }: GetRequest, { namespace }: Session): string {
  const what = kinds.length === 1 ? (kinds[0]?.plural ?? 'objects') : 'objects';
  const isEverywhere = allNamespaces || kinds.every(({ scope }) => scope === 'Cluster');
  return `no ${what} found${isEverywhere ? '' : ` in namespace ${namespace}`}`;
}
