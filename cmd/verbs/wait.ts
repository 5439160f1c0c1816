import { Option, type Command } from 'commander';
import { usageError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { parseWorkspace } from '../kinds.ts';
import type { Session } from '../session.ts';
import { isFlagSet, textFlag, type Bind, type Typed } from '../verb.ts';
import { GOALS, type Goal } from './wait-goal.ts';
import { addTimeout, waitUntil } from './wait-until.ts';
import type { WaitRequest } from './waiting.ts';

export function define(command: Command, bind: Bind): void {
  addTimeout(command)
    .argument('[names...]', 'workspaces')
    .addOption(new Option('--for <goal>', `${GOALS.join(', ')} (default: ready)`))
    .option('--all', 'every workspace of the namespace')
    .option('-A, --all-namespaces', 'with --all: of all namespaces')
    .action(bind(wait));
}

function wait(context: Context, typed: Typed): Promise<ExitCode> {
  return waitUntil(context, typed, (session) => parseRequest(typed, session));
}

function parseRequest(typed: Typed, { namespace }: Session): Omit<WaitRequest, 'timeoutSeconds'> {
  const all = isFlagSet(typed, 'all');
  const names = typed.operands.map(parseWorkspace);
  if (all === names.length > 0) {
    throw usageError('name the workspaces to wait for, or give --all');
  }
  const everywhere = isFlagSet(typed, 'allNamespaces');
  if (everywhere && !all) {
    throw usageError('-A needs --all: name the namespace with -n');
  }
  return {
    goal: parseGoal(textFlag(typed, 'for') ?? 'ready'),
    namespace: everywhere ? undefined : namespace,
    names: all ? undefined : names.map((name) => `${namespace}/${name}`),
  };
}

/** `condition=Ready`, `delete` and other cases are understood too: people know them from kubectl. */
function parseGoal(text: string): Goal {
  const word = text
    .toLowerCase()
    .replace(/^condition=/, '')
    .replace(/^delete$/, 'deleted');
  const goal = GOALS.find((known) => known === word);
  if (goal === undefined) {
    throw usageError(`--for must be one of ${GOALS.join(', ')} (got ${text})`);
  }
  return goal;
}
