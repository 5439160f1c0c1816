import type { Command } from 'commander';
import type { RequestAnswer } from '../../server/contract.ts';
import { print, type Context } from '../context.ts';
import { forEachNamed } from './edit.ts';
import type { ExitCode } from '../exit-codes.ts';
import { workspaceRequestPath } from '../paths.ts';
import { isFlagSet, type Bind, type Typed } from '../verb.ts';

export function define(command: Command, bind: Bind): void {
  command
    .argument('<names...>', 'workspaces')
    .option('--reset-session', 'empty its state first: files it has written are lost')
    .action(bind(restart));
}

/** Asks only: the controller restarts it within what its class allows to be down at once. */
function restart(context: Context, typed: Typed): Promise<ExitCode> {
  const resetSession = isFlagSet(typed, 'resetSession') || undefined;
  return forEachNamed(context, typed, async ({ client, namespace }, name) => {
    const { remark } = await client.call<RequestAnswer>(
      workspaceRequestPath({ namespace, name }, 'restart'),
      {
        method: 'POST',
        query: { resetSession },
      },
    );
    const how = resetSession === true ? ' with an empty state' : '';
    print(context, `workspace/${name} ${remark ?? `will be restarted${how}`}`);
  });
}
