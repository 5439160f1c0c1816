import type { Command } from 'commander';
import type { RequestAnswer } from '../../server/contract.ts';
import { print, type Context } from '../context.ts';
import { forEachNamed } from './edit.ts';
import type { ExitCode } from '../exit-codes.ts';
import { workspaceRestartPath } from '../paths.ts';
import type { Bind, Typed } from '../verb.ts';

export function define(command: Command, bind: Bind): void {
  command.argument('<names...>', 'workspaces').action(bind(restart));
}

/** Asks only: the controller restarts it within what its class allows to be down at once. */
function restart(context: Context, typed: Typed): Promise<ExitCode> {
  return forEachNamed(context, typed, async ({ client, namespace }, name) => {
    await client.call<RequestAnswer>(workspaceRestartPath(namespace, name), { method: 'POST' });
    print(context, `workspace/${name} will be restarted`);
  });
}
