import type { Command } from 'commander';
import { print, type Context } from '../context.ts';
import { forEachNamed, patchWorkspace } from './edit.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Bind, Typed } from '../verb.ts';

export function define(command: Command, bind: Bind): void {
  command.argument('<names...>', 'workspaces').action(bind(pause));
}

function pause(context: Context, typed: Typed): Promise<ExitCode> {
  return forEachNamed(context, typed, async ({ client, namespace }, name) => {
    await patchWorkspace(client, { namespace, name }, { desiredState: 'Paused' });
    print(context, `workspace/${name} paused, and everything below it`);
  });
}
