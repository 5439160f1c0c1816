/** A binary heap: the value that comes first under `isBefore` is found in O(1), added and taken in O(log n). */
export class MinHeap<T> {
  #items: T[] = [];
  readonly #isBefore: (a: T, b: T) => boolean;

  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore;
  }

  get size(): number {
    return this.#items.length;
  }

  /** The first value, left in place; undefined when the heap is empty. */
  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    let index = this.#items.length;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#items[parentIndex] as T;
      if (!this.#isBefore(item, parent)) {
        break;
      }
      this.#items[index] = parent;
      index = parentIndex;
    }
    this.#items[index] = item;
  }

  clear(): void {
    this.#items = [];
  }

  /** The first value, taken out; undefined when the heap is empty. */
  pop(): T | undefined {
    const first = this.#items[0];
    const last = this.#items.pop();
    if (last !== undefined && this.#items.length > 0) {
      this.#sink(last);
    }
    return first;
  }

  /** Puts `item` in the place of the root, then below every child that comes before it. */
  #sink(item: T): void {
    let index = 0;
    for (;;) {
      const childIndex = this.#firstChildOf(index);
      const child = this.#items[childIndex];
      if (child === undefined || !this.#isBefore(child, item)) {
        break;
      }
      this.#items[index] = child;
      index = childIndex;
    }
    this.#items[index] = item;
  }

  #firstChildOf(index: number): number {
    const left = this.#items[2 * index + 1];
    const right = this.#items[2 * index + 2];
    const isRightFirst = left !== undefined && right !== undefined && this.#isBefore(right, left);
    return isRightFirst ? 2 * index + 2 : 2 * index + 1;
  }
}
