import { addAbortSignal } from 'node:stream';
import { CliError } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { isFlagSet, type Typed } from '../verb.ts';

/**
 * Asks on a terminal; `--yes` answers beforehand. Throws a refusal when the answer is no, and when nobody can be
 * asked: a script has to say `--yes`.
 */
export async function confirm(context: Context, typed: Typed, question: string): Promise<void> {
  if (isFlagSet(typed, 'yes')) {
    return;
  }
  if (context.stdin.isTTY !== true || context.stderr.isTTY !== true) {
    throw new CliError(
      'nothing was changed: there is no terminal to ask on, give --yes',
      EXIT.refused,
    );
  }
  context.stderr.write(`${question} [y/N] `);
  if (!/^y(es)?$/i.test((await readLine(context)).trim())) {
    throw new CliError('nothing was changed', EXIT.refused);
  }
}

/** The terminal itself lets the user correct the line. Ctrl-C ends the reading, Ctrl-D is an empty line. */
async function readLine({ stdin, signal }: Context): Promise<string> {
  let line = '';
  for await (const chunk of addAbortSignal(signal, stdin)) {
    line += String(chunk);
    if (line.includes('\n')) {
      break;
    }
  }
  return line;
}
