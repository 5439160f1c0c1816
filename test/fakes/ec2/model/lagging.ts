/** A value together with what it was: a read from a replica that lags behind sees what was true then. */
export class Lagging<T> {
  /** In the order of time, oldest first. */
  #versions: readonly { readonly since: number; readonly value: T }[];

  /** `value` since `since`; `before` until then. */
  constructor(value: T, since: number, before: T) {
    this.#versions = [
      { since: -Infinity, value: before },
      { since, value },
    ];
  }

  get current(): T {
    return (this.#versions.at(-1) as { value: T }).value;
  }

  set(value: T, since: number): void {
    this.#versions = [...this.#versions, { since, value }];
  }

  /** What a replica shows that has heard of everything up to `moment`. */
  asOf(moment: number): T {
    const version = this.#versions.findLast(({ since }) => since <= moment);
    return (version as { value: T }).value;
  }
}
