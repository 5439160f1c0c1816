import { Command, Option } from 'commander';
import type { Context } from './context.ts';
import { EXIT_CODE_HELP, type ExitCode } from './exit-codes.ts';
import { CLIENT_FLAGS } from './options.ts';
import type { Bind, LoadAll } from './verb.ts';
import { VERBS, type Verb } from './verbs.ts';

/** Columns of help when nothing says how wide the output is. */
const DEFAULT_WIDTH = 80;

const AFTER_HELP = `
\`treeline help VERB\` explains a verb.
${EXIT_CODE_HELP}`;

/** The whole command line. A verb's flags are defined when the verb was typed. `onExit` gets the verb's exit code. */
export function buildProgram(context: Context, onExit: (code: ExitCode) => void): Command {
  const program = emptyProgram(context);
  for (const { flag, description } of CLIENT_FLAGS) {
    program.addOption(new Option(flag, description));
  }
  program.option('-n, --namespace <name>', 'namespace (default: default)');
  addVerbs(program, binder(context, onExit));
  return program;
}

function emptyProgram(context: Context): Command {
  return new Command('treeline')
    .description('Keeps trees of agent workspaces running as declared.')
    .helpCommand(false)
    .addHelpText('after', AFTER_HELP)
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
      outputError: (text, write) => {
        write(text.replace(/^error: /, ''));
      },
      getOutHelpWidth: () => context.stdout.columns ?? DEFAULT_WIDTH,
      getErrHelpWidth: () => context.stderr.columns ?? DEFAULT_WIDTH,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
}

function addVerbs(program: Command, bind: Bind): void {
  const unloaded = new Map<string, Verb>(VERBS.map((verb) => [verb.name, verb]));
  for (const { name, summary, group } of VERBS) {
    program
      .command(name)
      .summary(summary)
      .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
      .helpGroup(group);
  }
  const load = async (command: Command): Promise<void> => {
    const verb = unloaded.get(command.name());
    unloaded.delete(command.name());
    (await verb?.load())?.define(command, bind, loadAll);
  };
  const loadAll: LoadAll = async () => {
    await Promise.all(program.commands.map(load));
    return program;
  };
  program.hook('preSubcommand', (_program, command) => load(command));
}

function binder(context: Context, onExit: (code: ExitCode) => void): Bind {
  return (action) =>
    async function (this: Command) {
      onExit(await action(context, { operands: this.args, flags: this.optsWithGlobals() }));
    };
}
