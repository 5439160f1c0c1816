import { CommanderError } from 'commander';
import { CliError } from './cli-error.ts';
import { warn, type Context } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { buildProgram } from './program.ts';
import { VERBS } from './verbs.ts';

/** Runs one command line (without program and script). Never throws; the answer is the exit code. */
export async function main(argv: readonly string[], context: Context): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const program = buildProgram(context, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(toVerb(argv), { from: 'user' });
    return exitCode;
  } catch (error) {
    return report(error, context);
  }
}

/** `help get` is `get --help`: only that way the verb's own module is loaded. Nothing typed is a question, too. */
function toVerb(argv: readonly string[]): readonly string[] {
  const [first, ...rest] = argv;
  if (first === '--version' || first === '-V') {
    return ['version', '--client', ...rest];
  }
  return first === 'help' || first === undefined ? toHelp(rest) : argv;
}

/** A word that is no verb is left to the parser, which says so and names the nearest one. */
function toHelp(words: readonly string[]): readonly string[] {
  const [verb] = words;
  const isKnown =
    verb === undefined || verb.startsWith('-') || VERBS.some(({ name }) => name === verb);
  return isKnown ? [...words, '--help'] : words;
}

function report(error: unknown, context: Context): ExitCode {
  if (error instanceof CommanderError) {
    // Commander has printed already: help and versions with code 0, mistakes with their message.
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  if (context.signal.aborted) {
    return EXIT.interrupted;
  }
  if (error instanceof CliError) {
    warn(context, error.message);
    return error.exitCode;
  }
  const bug = error instanceof Error ? (error.stack ?? error.message) : String(error);
  warn(context, `this is a bug in treeline, please report it: ${bug}`);
  return EXIT.failure;
}
