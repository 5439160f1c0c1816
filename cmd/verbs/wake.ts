import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { askAndWait } from './ask-and-wait.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Bind, Typed } from '../verb.ts';
import { addWait } from './wait-until.ts';

export function define(command: Command, bind: Bind): void {
  command.argument('<names...>', 'workspaces');
  addWait(command, 'they are online').action(bind(wake));
}

function wake(context: Context, typed: Typed): Promise<ExitCode> {
  return askAndWait(context, typed, { verb: 'wake', said: 'will wake up', goal: 'online' });
}
