import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { countFlag } from './count-flag.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseWorkspace } from '../kinds.ts';
import { workspaceLogPath } from '../paths.ts';
import { openSession } from '../session.ts';
import { isFlagSet, type Bind, type Typed } from '../verb.ts';

export function define(command: Command, bind: Bind): void {
  command
    .argument('<name>', 'workspace')
    .option('-f, --follow', 'go on with what is added')
    .option('--tail <n>', 'the last lines only (default: 100)')
    .action(bind(logs));
}

/** Prints the agent's words as they are: a log is data, other programs read it. */
async function logs(context: Context, typed: Typed): Promise<ExitCode> {
  const { client, namespace } = await openSession(context, typed);
  const name = parseWorkspace(typed.operands[0] ?? '');
  const query = { tail: countFlag(typed, 'tail'), follow: isFlagSet(typed, 'follow') || undefined };
  let last = '\n';
  for await (const chunk of client.stream(workspaceLogPath(namespace, name), query)) {
    context.stdout.write(chunk);
    last = chunk.at(-1) ?? last;
  }
  if (last !== '\n') {
    context.stdout.write('\n');
  }
  return context.signal.aborted ? EXIT.interrupted : EXIT.ok;
}
