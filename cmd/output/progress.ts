import type { Context } from '../context.ts';
import { styleOf } from './style.ts';

/** One line that is rewritten while something is waited for. */
export interface Progress {
  show(text: string): void;
  /** Takes the line away. */
  clear(): void;
}

/** Only on a terminal, and on stderr: what a pipe reads stays clean. */
export function createProgress(context: Context): Progress {
  const { isTerminal, width } = styleOf(context, context.stderr);
  let shown = '';
  const write = (text: string): void => {
    if (isTerminal && text !== shown) {
      shown = text;
      context.stderr.write(`\r\u001b[K${text}`);
    }
  };
  return {
    show(text) {
      // A line that wraps could not be rewritten; the last column stays free, some terminals wrap there.
      write(text.slice(0, (width ?? 80) - 1));
    },
    clear() {
      write('');
    },
  };
}
