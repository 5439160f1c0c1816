import { Option, type Command } from 'commander';
import { usageError } from '../cli-error.ts';
import { print, type Context } from '../context.ts';
import { parseDurationSeconds } from './duration.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseWorkspace } from '../kinds.ts';
import { openSession, type Session } from '../session.ts';
import { isFlagSet, textFlag, type Bind, type Typed } from '../verb.ts';
import { GOALS, type Goal } from './wait-goal.ts';
import { Waiting, type WaitRequest } from './waiting.ts';

/** Longer than an ordinary launch, shorter than a coffee. */
const DEFAULT_TIMEOUT = '5m';

export function define(command: Command, bind: Bind): void {
  command
    .argument('[names...]', 'workspaces')
    .addOption(new Option('--for <goal>', `${GOALS.join(', ')} (default: ready)`))
    .option(
      '--timeout <time>',
      `give up after this long: 90s, 5m, 1h (default: ${DEFAULT_TIMEOUT})`,
    )
    .option('--all', 'every workspace of the namespace')
    .option('-A, --all-namespaces', 'with --all: of all namespaces')
    .action(bind(wait));
}

async function wait(context: Context, typed: Typed): Promise<ExitCode> {
  const deadline = new AbortController();
  const signal = AbortSignal.any([context.signal, deadline.signal]);
  const session = await openSession({ ...context, signal }, typed);
  const request = parseRequest(typed, session);
  const cancel = context.clock.schedule(request.timeoutSeconds * 1000, () => {
    deadline.abort();
  });
  const waiting = new Waiting({ context, client: session.client, signal }, request);
  try {
    await waiting.untilReached();
    print(context, waiting.summary());
    return EXIT.ok;
  } catch (error) {
    throw deadline.signal.aborted && !context.signal.aborted ? waiting.timedOut() : error;
  } finally {
    cancel();
    waiting.end();
  }
}

function parseRequest(typed: Typed, { namespace }: Session): WaitRequest {
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
    timeoutSeconds: parseDurationSeconds(
      '--timeout',
      textFlag(typed, 'timeout') ?? DEFAULT_TIMEOUT,
    ),
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
