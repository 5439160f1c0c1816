/**
 * Things by their id, listed in the order of their ids. Ids are random, so that order says nothing about when something
 * was made, as EC2 promises no order; and a page can go on after an id whatever came and went meanwhile.
 */
export class SortedById<T extends { readonly id: string }> {
  readonly #byId = new Map<string, T>();
  readonly #sorted: T[] = [];

  get(id: string): T | undefined {
    return this.#byId.get(id);
  }

  all(): readonly T[] {
    return this.#sorted;
  }

  add(item: T): void {
    this.#byId.set(item.id, item);
    this.#sorted.splice(this.#indexOf(item.id), 0, item);
  }

  delete(id: string): void {
    if (this.#byId.delete(id)) {
      this.#sorted.splice(this.#indexOf(id), 1);
    }
  }

  /** The index of the first item whose id is not before `id`. */
  #indexOf(id: string): number {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      [low, high] = (this.#sorted[middle]?.id ?? '') < id ? [middle + 1, high] : [low, middle];
    }
    return low;
  }
}
