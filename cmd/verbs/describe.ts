import type { Command } from 'commander';
import type { ApiObject } from '../../server/contract.ts';
import type { EventList } from '../../server/contract-operations.ts';
import { print, type Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseTargets, type Target } from '../kinds.ts';
import { getObject, isWorkspace } from '../objects.ts';
import {
  describeConditions,
  describeEvents,
  describeExitLog,
  describeHead,
  describeState,
  section,
  type DescribeView,
} from '../output/describe-text.ts';
import { printable } from '../output/style.ts';
import { renderStructured } from '../output/structured.ts';
import { PATHS } from '../paths.ts';
import { openSession, type Session } from '../session.ts';
import type { Bind, Typed } from '../verb.ts';

/** Events that fit on a screen below the rest. */
const EVENTS_SHOWN = 10;

export function define(command: Command, bind: Bind): void {
  command
    .argument('<words...>', 'NAME (a workspace), KIND/NAME or KIND NAME')
    .action(bind(describe));
}

async function describe(context: Context, typed: Typed): Promise<ExitCode> {
  const session = await openSession(context, typed);
  const view = { now: context.clock.now(), style: session.style };
  const texts = await Promise.all(
    parseTargets(typed.operands).map((target) => describeTarget(session, target, view)),
  );
  texts.forEach((lines, index) => {
    print(context, [...(index === 0 ? [] : ['']), ...lines].join('\n'));
  });
  return EXIT.ok;
}

async function describeTarget(
  { client, namespace }: Session,
  target: Target,
  view: DescribeView,
): Promise<string[]> {
  const object = await getObject(client, { ...target, namespace });
  const spec = await renderStructured(object.spec, 'yaml');
  const parts = [
    describeHead(object, view),
    ...(isWorkspace(object) ? [describeState(object, view)] : []),
    section('Spec', spec.split('\n').map(printable)),
    ...(isWorkspace(object) ? [describeConditions(object, view), describeExitLog(object)] : []),
    ...(isWorkspace(object) ? [describeEvents(await lastEvents(client, object), view)] : []),
  ];
  return parts
    .filter((part) => part.length > 0)
    .flatMap((part, index) => (index === 0 ? part : ['', ...part]));
}

async function lastEvents(
  client: Session['client'],
  { metadata }: ApiObject,
): Promise<EventList['items']> {
  const { items } = await client.call<EventList>(PATHS.events, {
    query: { namespace: metadata.namespace, workspace: metadata.name, limit: EVENTS_SHOWN },
  });
  return items;
}
