import type { Command } from 'commander';
import { usageError } from '../cli-error.ts';
import { print, type Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { describeProgram } from '../completion/program-model.ts';
import { bashScript } from '../completion/bash.ts';
import { fishScript } from '../completion/fish.ts';
import { zshScript } from '../completion/zsh.ts';
import type { Bind, LoadAll, Typed } from '../verb.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

const HELP = `
Load it once, or in the start file of the shell:
  bash   source <(treeline completion bash)
  zsh    source <(treeline completion zsh)
  fish   treeline completion fish | source`;

export function define(command: Command, bind: Bind, loadAll: LoadAll): void {
  command
    .argument('<shell>', Object.keys(SCRIPTS).join(', '))
    .addHelpText('after', HELP)
    .action(bind((context, typed) => completion(context, typed, loadAll)));
}

async function completion(
  context: Context,
  { operands }: Typed,
  loadAll: LoadAll,
): Promise<ExitCode> {
  const [shell = ''] = operands;
  const script = Object.entries(SCRIPTS).find(([name]) => name === shell)?.[1];
  if (script === undefined) {
    throw usageError(
      `there is no completion for "${shell}": use one of ${Object.keys(SCRIPTS).join(', ')}`,
    );
  }
  print(context, script(describeProgram(await loadAll())));
  return EXIT.ok;
}
