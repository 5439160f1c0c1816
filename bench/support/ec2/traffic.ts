/** Counts requests that are on their way, so that virtual time moves only while nobody waits for an answer. */
export class Traffic {
  #underWay = 0;
  #answer = Promise.withResolvers<undefined>();

  get underWay(): number {
    return this.#underWay;
  }

  nextAnswer(): Promise<undefined> {
    return this.#answer.promise;
  }

  async during<T>(work: Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      return await work;
    } finally {
      this.#underWay -= 1;
      this.#answer.resolve(undefined);
      this.#answer = Promise.withResolvers<undefined>();
    }
  }
}
