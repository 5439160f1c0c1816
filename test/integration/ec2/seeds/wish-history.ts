import type { Wish, Wishes } from './system-under-test.ts';

interface Change {
  readonly at: Date;
  readonly name: string;
  readonly wish: Wish | undefined;
}

/** What was wished at any time. */
export class WishHistory {
  readonly #changes: Change[] = [];

  get now(): Wishes {
    const wishes = new Map<string, Wish>();
    for (const { name, wish } of this.#changes) {
      if (wish === undefined) {
        wishes.delete(name);
      } else {
        wishes.set(name, wish);
      }
    }
    return wishes;
  }

  /** `undefined`: it is not wanted any more. */
  set(at: Date, name: string, wish: Wish | undefined): void {
    this.#changes.push({ at, name, wish });
  }

  /** Whether it was wanted without a break from one moment to the other. */
  isWantedThroughout(name: string, from: Date, to: Date): boolean {
    const changes = this.#changes.filter((one) => one.name === name && one.at <= to);
    const before = changes.findLast(({ at }) => at <= from);
    const meanwhile = changes.filter(({ at }) => at > from);
    return before?.wish !== undefined && meanwhile.every(({ wish }) => wish !== undefined);
  }
}
