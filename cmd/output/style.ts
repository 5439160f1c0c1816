import pc from 'picocolors';
import type { Context, Output } from '../context.ts';

export type Colors = ReturnType<typeof pc.createColors>;

/** How an output may look. */
export interface Style {
  readonly colors: Colors;
  /** Without it only ASCII is printed. */
  readonly unicode: boolean;
  /** A person looks at it: lines may be rewritten, questions asked. */
  readonly isTerminal: boolean;
  /** Columns, when it is a terminal. */
  readonly width: number | undefined;
}

/** Colours only on a terminal and never with NO_COLOR (https://no-color.org) or TERM=dumb. */
export function styleOf({ env }: Pick<Context, 'env'>, output: Output): Style {
  const isTerminal = output.isTTY === true;
  const colored = isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  return {
    colors: pc.createColors(colored),
    unicode: isUtf8(env),
    isTerminal,
    width: isTerminal ? output.columns : undefined,
  };
}

/** The first of these variables that says something decides, as in POSIX. */
function isUtf8(env: Context['env']): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(
    (value) => value !== undefined && value !== '',
  );
  return /utf-?8/i.test(locale ?? '');
}

/** Text of others (messages, display names) on one line: no line ends, no escape sequences for the terminal. */
export function printable(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').replace(/[\u0000-\u001f\u007f-\u009f]/g, '');
}
