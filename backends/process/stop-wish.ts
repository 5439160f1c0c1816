import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { INSTANCE_FILE, RUN_FILE } from './layout.ts';
import { MARK_LOOK_MILLISECONDS, MISSING_LOOKS } from './limits.ts';

export interface StopWish extends Disposable {
  /** Aborted as soon as somebody wants the end of the agent. */
  readonly signal: AbortSignal;
}

/**
 * Whether somebody wants the end of a run: by a signal to its supervisor, or by a mark alone, when the one who left it died
 * before the signal. A folder that is gone counts as well: nobody could find the agent any more, let alone end it.
 */
export function watchStopWish(signal: AbortSignal, folder: string, runPath: string): StopWish {
  const marked = new AbortController();
  const marks = [join(runPath, RUN_FILE.stop), join(folder, INSTANCE_FILE.terminating)];
  const record = join(folder, INSTANCE_FILE.record);
  let missed = 0;
  const timer = setInterval(() => {
    missed = existsSync(record) ? 0 : missed + 1;
    if (missed >= MISSING_LOOKS || marks.some((path) => existsSync(path))) {
      marked.abort();
    }
  }, MARK_LOOK_MILLISECONDS);
  return {
    signal: AbortSignal.any([signal, marked.signal]),
    [Symbol.dispose]: () => {
      clearInterval(timer);
    },
  };
}
