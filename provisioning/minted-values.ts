import type { Env } from './env.ts';

/** Values of one workspace: those of several starts, so that what an earlier one logged is recognised too. */
const MOST_VALUES = 100;

/**
 * What env mutators have added, per workspace, to be masked where an agent logs it. In memory alone: nobody may find it anywhere
 * else, so after a restart of the controller nothing is known of earlier starts.
 */
export class MintedValues {
  readonly #byUid = new Map<string, readonly string[]>();

  /** Notes what differs between the env before and after the mutators. */
  note(uid: string, { before, after }: { readonly before: Env; readonly after: Env }): void {
    const added = Object.entries(after).filter(([name, value]) => before[name] !== value);
    if (added.length > 0) {
      const values = [...this.of(uid), ...added.map(([, value]) => value)];
      this.#byUid.set(uid, [...new Set(values)].slice(-MOST_VALUES));
    }
  }

  of(uid: string): readonly string[] {
    return this.#byUid.get(uid) ?? [];
  }

  /** Once its record is gone. */
  forget(uid: string): void {
    this.#byUid.delete(uid);
  }
}
