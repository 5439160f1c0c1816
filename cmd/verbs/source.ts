import { Option, type Command } from 'commander';
import type { Source } from '../../server/contract-operations.ts';
import { print, warn, type Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { outputFlag } from './output-flag.ts';
import { formatAge } from '../output/age.ts';
import { printable } from '../output/style.ts';
import { renderStructured, toList } from '../output/structured.ts';
import { renderTable } from '../output/table.ts';
import { PATHS, sourceConfirmationPath } from '../paths.ts';
import { openSession } from '../session.ts';
import type { Bind, Typed } from '../verb.ts';

const FORMATS = ['table', 'json', 'yaml'] as const;

export function define(command: Command, bind: Bind): void {
  command
    .command('list')
    .description('Show every source, its problems and the deletions that it holds back.')
    .addOption(new Option('-o, --output <format>', `${FORMATS.join(', ')} (default: table)`))
    .action(bind(list));
  command
    .command('confirm')
    .description('Let a source that is Held make exactly the deletions that it has listed.')
    .argument('<name>', 'source, e.g. directory')
    .argument('<digest>', 'of the list, as `source list` shows it')
    .action(bind(confirmSource));
}

async function list(context: Context, typed: Typed): Promise<ExitCode> {
  const format = outputFlag(typed, FORMATS);
  const { client } = await openSession(context, typed);
  const { items } = await client.call<{ readonly items: readonly Source[] }>(PATHS.sources);
  if (format !== 'table') {
    print(context, await renderStructured(toList(items), format));
  } else if (items.length === 0) {
    warn(context, 'no source has reported');
  } else {
    renderSources(items, context.clock.now()).forEach((line) => {
      print(context, line);
    });
  }
  return EXIT.ok;
}

function renderSources(sources: readonly Source[], now: Date): string[] {
  const table = renderTable([
    ['NAME', 'STATE', 'PROBLEMS', 'HELD', 'DIGEST', 'AGE'],
    ...sources.map(({ name, state, problems, heldDeletions, heldDigest, updatedAt }) => [
      name,
      state,
      String(problems.length),
      String(heldDeletions.length),
      heldDigest ?? '<none>',
      formatAge(updatedAt, now),
    ]),
  ]);
  return [...table, ...sources.flatMap(renderDetails)];
}

function renderDetails({ name, problems, heldDeletions, heldDigest }: Source): string[] {
  return [
    ...(problems.length === 0 ? [] : ['', `problems of ${name}:`]),
    ...problems.map((problem) => `  ${printable(problem)}`),
    ...(heldDigest === undefined ? [] : ['', `deletions that ${name} holds back:`]),
    ...heldDeletions.map((deletion) => `  ${deletion}`),
    ...(heldDigest === undefined
      ? []
      : [`to go on: treeline source confirm ${name} ${heldDigest}, or bring the files back`]),
  ];
}

async function confirmSource(context: Context, typed: Typed): Promise<ExitCode> {
  const [name = '', digest = ''] = typed.operands;
  const { client } = await openSession(context, typed);
  const { heldDeletions } = await client.call<Source>(sourceConfirmationPath(name), {
    method: 'POST',
    body: { digest },
  });
  print(context, `confirmed: ${name} may make ${heldDeletions.length} deletions`);
  return EXIT.ok;
}
