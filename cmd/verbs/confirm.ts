import { createInterface } from 'node:readline/promises';
import { CliError } from '../cli-error.ts';
import { interrupted } from '../client.ts';
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
  if (!/^y(es)?$/i.test((await ask(context, question)).trim())) {
    throw new CliError('nothing was changed', EXIT.refused);
  }
}

async function ask({ stdin, stderr, signal }: Context, question: string): Promise<string> {
  const terminal = createInterface({ input: stdin, output: stderr, terminal: true });
  const closed = Promise.withResolvers<never>();
  // Ctrl-C arrives here as a key, Ctrl-D as the end of the input: both mean no.
  terminal.once('SIGINT', () => {
    closed.reject(interrupted());
  });
  terminal.once('close', () => {
    closed.reject(interrupted());
  });
  try {
    return await Promise.race([
      terminal.question(`${question} [y/N] `, { signal }),
      closed.promise,
    ]);
  } finally {
    closed.promise.catch(() => undefined);
    terminal.close();
  }
}
