import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { askAndWait } from './ask-and-wait.ts';
import type { ExitCode } from '../exit-codes.ts';
import { isFlagSet, type Bind, type Typed } from '../verb.ts';
import { addWait } from './wait-until.ts';

export function define(command: Command, bind: Bind): void {
  command
    .argument('<names...>', 'workspaces')
    .option('--force', 'also with active tasks, which are lost');
  addWait(command, 'they are hibernated').action(bind(hibernate));
}

function hibernate(context: Context, typed: Typed): Promise<ExitCode> {
  return askAndWait(context, typed, {
    verb: 'hibernate',
    query: { force: isFlagSet(typed, 'force') || undefined },
    said: 'will be hibernated',
    goal: 'hibernated',
  });
}
