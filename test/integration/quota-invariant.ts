import { assertPromise } from './broken-promise.ts';
import type { RowFacts } from './world.ts';

/** A class never opens more attempts than its quota allows; what is open already stays. */
export class QuotaInvariant {
  #open: ReadonlySet<string> = new Set();

  /** Throws `BrokenPromiseError`. */
  check({ launches, classes }: RowFacts): void {
    const most = classes[0]?.max_workspaces ?? Infinity;
    const open = launches.filter(({ state }) => state !== 'closed').map(({ token }) => token);
    const opened = open.filter((token) => !this.#open.has(token));
    assertPromise(
      opened.length === 0 || open.length <= most,
      'no attempt is opened past the quota',
      [opened, open, most],
    );
    this.#open = new Set(open);
  }
}
