import type { Command } from 'commander';
import type { Rendering } from '../../api/rendering.ts';
import { print, type Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { parseWorkspace } from '../kinds.ts';
import { renderStructured } from '../output/structured.ts';
import { workspaceRenderPath } from '../paths.ts';
import { openSession } from '../session.ts';
import type { Bind, Typed } from '../verb.ts';
import { outputFlag } from './output-flag.ts';

export function define(command: Command, bind: Bind): void {
  command
    .argument('<name>', 'workspace')
    .option('-o, --output <format>', 'yaml or json (default: yaml)')
    .action(bind(render));
}

/** Prints what a launch would deliver now; the values of secrets never leave the controller. */
async function render(context: Context, typed: Typed): Promise<ExitCode> {
  const format = outputFlag(typed, ['yaml', 'json']);
  const { client, namespace } = await openSession(context, typed);
  const name = parseWorkspace(typed.operands[0] ?? '');
  const rendering = await client.call<Rendering>(workspaceRenderPath(namespace, name));
  print(context, await renderStructured(rendering, format));
  return EXIT.ok;
}
