/** A place in a `LinkedList`, needed to take its value out of the middle. */
export interface ListNode<T> {
  readonly value: T;
  previous: ListNode<T> | undefined;
  next: ListNode<T> | undefined;
}

/**
 * First in, first out, with removal from anywhere; every operation is O(1).
 * An array's `shift` moves all that follows, and a `Set` walks over the holes that removals leave at its front:
 * both are quadratic when 50,000 keys are worked off.
 */
export class LinkedList<T> {
  #first: ListNode<T> | undefined;
  #last: ListNode<T> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(value: T): ListNode<T> {
    const node: ListNode<T> = { value, previous: this.#last, next: undefined };
    if (this.#last === undefined) {
      this.#first = node;
    } else {
      this.#last.next = node;
    }
    this.#last = node;
    this.#size += 1;
    return node;
  }

  /** The oldest value, taken out; undefined when the list is empty. */
  shift(): T | undefined {
    const node = this.#first;
    if (node === undefined) {
      return undefined;
    }
    this.remove(node);
    return node.value;
  }

  /** `node` must be in this list: a node is removed once. */
  remove(node: ListNode<T>): void {
    if (node.previous === undefined) {
      this.#first = node.next;
    } else {
      node.previous.next = node.next;
    }
    if (node.next === undefined) {
      this.#last = node.previous;
    } else {
      node.next.previous = node.previous;
    }
    this.#size -= 1;
  }
}
