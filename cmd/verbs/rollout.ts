import { Option, type Command } from 'commander';
import { usageError } from '../cli-error.ts';
import { print, warn, type Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { getKind, parseTarget } from '../kinds.ts';
import { getObject, listWorkspaces } from '../objects.ts';
import { computeRollout, renderRollout } from '../output/rollout-table.ts';
import { renderStructured } from '../output/structured.ts';
import { openSession } from '../session.ts';
import type { Bind, Typed } from '../verb.ts';
import { outputFlag } from './output-flag.ts';

const FORMATS = ['table', 'json', 'yaml'] as const;

export function define(command: Command, bind: Bind): void {
  command
    .command('status')
    .description(
      'Show which workspaces of a class are ready, being changed, waiting for their turn, or failed; ends with code 1 when one has failed.',
    )
    .argument('<class>', 'WorkspaceClass')
    .addOption(new Option('-o, --output <format>', `${FORMATS.join(', ')} (default: table)`))
    .action(bind(status));
}

/** Read from the statuses of all namespaces: a class has its workspaces in any. */
async function status(context: Context, typed: Typed): Promise<ExitCode> {
  const format = outputFlag(typed, FORMATS);
  const name = parseClass(typed.operands[0] ?? '');
  const { client, namespace } = await openSession(context, typed);
  await getObject(client, { kind: getKind('workspaceclass'), namespace, name });
  const workspaces = await listWorkspaces(client, { namespace: undefined });
  const entries = computeRollout(workspaces, name, context.clock.now());
  if (format !== 'table') {
    print(context, await renderStructured({ class: name, workspaces: entries }, format));
  } else if (entries.length === 0) {
    warn(context, `no workspace is of class ${name}`);
  } else {
    renderRollout(name, entries).forEach((line) => {
      print(context, line);
    });
  }
  return entries.some(({ state }) => state === 'Failed') ? EXIT.failure : EXIT.ok;
}

/** `local` and `wspc/local`. Throws a usage error for another kind. */
function parseClass(word: string): string {
  if (!word.includes('/')) {
    return word;
  }
  const { kind, name } = parseTarget(word);
  if (kind.kind !== 'WorkspaceClass') {
    throw usageError(`${word} is no class: rollouts are those of a class`);
  }
  return name;
}
