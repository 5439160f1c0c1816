import type { Env } from './env.ts';

/** Values of earlier starts of one workspace, so that what these logged is recognised too. */
const MOST_EARLIER = 100;

/**
 * What env mutators have added, per workspace, to be masked where an agent logs it. In memory alone: nobody may find it anywhere
 * else, so after a restart of the controller nothing is known of earlier starts.
 */
export class MintedValues {
  readonly #byUid = new Map<string, readonly string[]>();

  /** Notes what differs between the env before and after the mutators. All of it is kept until the next start, whatever was before. */
  note(uid: string, { before, after }: { readonly before: Env; readonly after: Env }): void {
    const changed = Object.entries(after).filter(([name, value]) => before[name] !== value);
    if (changed.length > 0) {
      const added = new Set(changed.map(([, value]) => value));
      const earlier = this.of(uid).filter((value) => !added.has(value));
      this.#byUid.set(uid, [...earlier.slice(-MOST_EARLIER), ...added]);
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
