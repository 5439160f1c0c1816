/** So many places for work that is done at once; who only waits may leave its place to others meanwhile. */
export class Slots {
  readonly #mostParked: number;
  #free: number;
  #parked = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number, mostParked: number) {
    this.#free = count;
    this.#mostParked = mostParked;
  }

  /** Resolves when there is a place, in the order of asking. */
  async enter(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#waiting.push(() => {
      resolve(undefined);
    });
    await promise;
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#free += 1;
    } else {
      next();
    }
  }

  /** Gives the place away until `work` has ended, unless too many have done so already. */
  async leaveWhile<T>(work: () => Promise<T>): Promise<T> {
    if (this.#parked >= this.#mostParked) {
      return await work();
    }
    this.#parked += 1;
    this.leave();
    try {
      return await work();
    } finally {
      this.#parked -= 1;
      await this.enter();
    }
  }
}
