import { Option, type Command } from 'commander';
import type { ActivityEvent, EventList } from '../../server/contract-operations.ts';
import { noServer } from '../api-error.ts';
import { CliError, usageError } from '../cli-error.ts';
import { print, warn, type Context } from '../context.ts';
import { countFlag } from './count-flag.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseWorkspace } from '../kinds.ts';
import { listWorkspaces } from '../objects.ts';
import { outputFlag } from './output-flag.ts';
import { renderEvents } from '../output/event-table.ts';
import { renderStructured, toList } from '../output/structured.ts';
import { PATHS } from '../paths.ts';
import { openSession, type Session } from '../session.ts';
import { isFlagSet, type Bind, type Typed } from '../verb.ts';

const FORMATS = ['table', 'json', 'yaml'] as const;

interface EventRequest {
  readonly query: {
    readonly namespace: string | undefined;
    readonly workspace: string | undefined;
    readonly limit: number | undefined;
  };
  readonly format: (typeof FORMATS)[number];
  readonly withNamespace: boolean;
}

export function define(command: Command, bind: Bind): void {
  command
    .argument('[name]', 'only of this workspace')
    .option('-f, --follow', 'go on with every new event')
    .option('-A, --all-namespaces', 'of all namespaces')
    .option('--tail <n>', 'at most this many of the newest (default: 500)')
    .addOption(new Option('-o, --output <format>', `${FORMATS.join(', ')} (default: table)`))
    .action(bind(events));
}

async function events(context: Context, typed: Typed): Promise<ExitCode> {
  const session = await openSession(context, typed);
  const request = parseRequest(typed, session);
  return isFlagSet(typed, 'follow')
    ? followEvents(context, session, request)
    : listEvents(context, session, request);
}

function parseRequest(typed: Typed, { namespace }: Session): EventRequest {
  const withNamespace = isFlagSet(typed, 'allNamespaces');
  const [word] = typed.operands;
  if (word !== undefined && withNamespace) {
    throw usageError('a name and -A contradict each other: name the namespace with -n');
  }
  return {
    query: {
      namespace: withNamespace ? undefined : namespace,
      workspace: word === undefined ? undefined : parseWorkspace(word),
      limit: countFlag(typed, 'tail'),
    },
    format: outputFlag(typed, FORMATS),
    withNamespace,
  };
}

async function listEvents(
  context: Context,
  session: Session,
  { query, format, withNamespace }: EventRequest,
): Promise<ExitCode> {
  const { items } = await session.client.call<EventList>(PATHS.events, { query });
  if (items.length === 0) {
    await assertKnown(session, query.workspace);
  }
  if (format !== 'table') {
    print(context, await renderStructured(toList(items), format));
    return EXIT.ok;
  }
  if (items.length === 0) {
    warn(context, 'no events found');
    return EXIT.ok;
  }
  const now = context.clock.now();
  const view = { now, withTime: false, withNamespace, withHeader: true };
  renderEvents(items, view).forEach((line) => {
    print(context, line);
  });
  return EXIT.ok;
}

/** Events outlive their workspace for 30 days: a name without any, that is not declared, was most likely mistyped. */
async function assertKnown(
  { client, namespace }: Session,
  name: string | undefined,
): Promise<void> {
  if (name === undefined) {
    return;
  }
  const existing = await listWorkspaces(client, { namespace });
  if (!existing.some(({ metadata }) => metadata.name === name)) {
    const message = `no workspace ${namespace}/${name} exists, and nothing is known of an earlier one`;
    throw new CliError(message, EXIT.notFound);
  }
}

/** Throws `noServer` when the controller ends the stream. */
async function followEvents(
  context: Context,
  { client }: Session,
  { query, format, withNamespace }: EventRequest,
): Promise<ExitCode> {
  let withHeader = true;
  for await (const line of client.streamLines(PATHS.events, { ...query, follow: true })) {
    if (format === 'table') {
      const view = { now: context.clock.now(), withTime: true, withNamespace, withHeader };
      renderEvents([JSON.parse(line) as ActivityEvent], view).forEach((text) => {
        print(context, text);
      });
      withHeader = false;
    } else {
      print(context, format === 'json' ? line : await toYamlDocument(line));
    }
  }
  if (context.signal.aborted) {
    return EXIT.interrupted;
  }
  throw noServer(client.server);
}

async function toYamlDocument(line: string): Promise<string> {
  return `---\n${await renderStructured(JSON.parse(line), 'yaml')}`;
}
